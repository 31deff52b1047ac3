//! The payment providers of each stage. A bank's rail is added here and nowhere else.
//!
//! This is a crate of its own, so that only the crates that start functions can build
//! [`OrderRails`], which submits orders.
#![warn(missing_docs)]

use domain::account::Stage;
use rails::{OrderRails, Provider};
use rails_sandbox::SandboxRail;

/// Returns the rails of a stage. The sandbox stage has the sandbox for every account. No bank is
/// connected yet, so the live stage has none.
pub fn rails(stage: Stage) -> OrderRails {
    match stage {
        Stage::Sandbox => OrderRails::new([Provider::complete("sandbox", SandboxRail)]),
        Stage::Live => OrderRails::new([]),
    }
}

#[cfg(test)]
mod tests {
    use domain::kernel::{AccountId, Code, Error, Id, MethodKind};

    use super::*;

    #[test]
    fn the_live_stage_has_no_rail() {
        let account_id = AccountId::parse("acc_01J00000000000000000000000").expect("an id");
        let rails = rails(Stage::Live);
        let missing =
            |error: Error| matches!(error, Error::Refused { code: Code::RailMissing, .. });
        assert!(rails.clone().require_provider().is_err_and(missing));
        assert!(rails.payouts(account_id, None).is_err_and(missing));
        assert!(rails.refunds(account_id, MethodKind::Pix, None).is_err_and(missing));
        assert!(rails.directory(account_id).is_err_and(missing));
        let rails = rails.without_orders();
        assert!(rails.pix_charges(account_id).is_err_and(missing));
        assert!(rails.require_refunds(account_id, MethodKind::Pix).is_err_and(missing));
        assert!(rails.participant(account_id).is_err_and(missing));
    }

    #[test]
    fn the_sandbox_stage_has_every_rail() {
        let account_id = AccountId::parse("acc_01J00000000000000000000000").expect("an id");
        let rails = rails(Stage::Sandbox);
        assert!(
            rails.payouts(account_id, None).is_ok()
                && rails.refunds(account_id, MethodKind::Pix, None).is_ok()
        );
        assert_eq!(rails.without_orders().participant(account_id).ok(), Some(rails_sandbox::ISPB));
        assert!(rails.require_provider().is_ok());
    }
}
