//! The reason codes of the SPI.

use brazil::{SpiFault, SpiReason};

#[test]
fn every_code_of_the_catalogue_is_found_and_no_other() {
    let all = SpiReason::all();
    assert!(all.is_sorted_by(|one, next| one.code() < next.code()), "by_code searches by halves");
    for reason in all {
        assert_eq!(SpiReason::by_code(reason.code()), Some(reason));
        assert!(reason.code().len() == 4 && reason.meaning().ends_with('.'), "{reason:?}");
        assert!(reason.name().chars().all(char::is_alphanumeric), "{reason:?}");
    }
    for unknown in ["", "AC99", "ac07", "AC07 ", "MS03", "FOCR"] {
        assert_eq!(SpiReason::by_code(unknown), None, "{unknown:?}");
    }
}

#[test]
fn a_reason_says_who_caused_it_and_whether_a_repetition_can_help() {
    use SpiFault::{Instruction, Message, Network, ReceivingInstitution, SendingInstitution};
    for (code, fault, is_retriable) in [
        ("AB03", Network, true),
        ("AB09", ReceivingInstitution, true),
        ("AB11", SendingInstitution, true),
        ("AC03", Instruction, false),
        ("AC06", ReceivingInstitution, false),
        ("AC07", ReceivingInstitution, false),
        ("AM04", SendingInstitution, true),
        ("BE01", Instruction, false),
        ("CH16", Message, false),
        ("ED05", Network, true),
        ("FR01", ReceivingInstitution, false),
        ("MD06", ReceivingInstitution, false),
    ] {
        let reason = SpiReason::by_code(code).expect("a code of the catalogue");
        assert_eq!((reason.fault(), reason.is_retriable()), (fault, is_retriable), "{code}");
    }
}
