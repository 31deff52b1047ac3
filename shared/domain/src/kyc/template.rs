//! What a request demands: the kinds of documents for each case and kind of person.

use crate::kernel::string_enum;
use brazil::DocumentKind;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

string_enum! {
    /// What a KYC request asks about.
    KycCase {
        /// What a payout is for.
        PayoutPurpose = "payout_purpose",
        /// Who the beneficiary of a payout is.
        BeneficiaryIdentity = "beneficiary_identity",
    }
}

string_enum! {
    /// Kind of a KYC document.
    KycDocumentKind {
        /// Invoice of what the payout pays, or a text about the relation to the beneficiary.
        PayoutPurpose = "payout_purpose",
        /// Front of the identity card or driving licence of the beneficiary.
        IdentityFront = "identity_front",
        /// Back of the same card.
        IdentityBack = "identity_back",
        /// Articles of association of the beneficiary, with their last change.
        ArticlesOfAssociation = "articles_of_association",
        /// Proof of address of the beneficiary.
        ProofOfAddress = "proof_of_address",
    }
}

string_enum! {
    /// How a document is given.
    KycForm {
        /// As a file.
        File = "file",
        /// As a text.
        Text = "text",
    }
}

/// A kind of document that a request demands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KycRequirement {
    /// Kind of the document.
    pub kind: KycDocumentKind,
    /// Forms in which it can be given.
    pub forms: Vec<KycForm>,
    /// Age in days that the document can have; `None` for any age.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_age_days: Option<u16>,
}

/// A kind of document that a request demands.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "KycRequirement")]
pub struct KycRequirementView {
    /// Kind of the document.
    pub kind: KycDocumentKind,
    /// Forms in which the document can be given.
    pub forms: Vec<KycForm>,
    /// Age in days that the document can have; null for any age.
    pub max_age_days: Option<u16>,
    /// Whether a document of this kind was approved.
    pub approved: bool,
}

/// Returns what a case demands about a person or company of this kind.
pub fn requirements(case: KycCase, person: DocumentKind) -> Vec<KycRequirement> {
    let file =
        |kind, max_age_days| KycRequirement { kind, forms: vec![KycForm::File], max_age_days };
    match (case, person) {
        (KycCase::PayoutPurpose, _) => vec![KycRequirement {
            kind: KycDocumentKind::PayoutPurpose,
            forms: vec![KycForm::File, KycForm::Text],
            max_age_days: None,
        }],
        (KycCase::BeneficiaryIdentity, DocumentKind::Cpf) => vec![
            file(KycDocumentKind::IdentityFront, None),
            file(KycDocumentKind::IdentityBack, None),
        ],
        (KycCase::BeneficiaryIdentity, DocumentKind::Cnpj) => vec![
            file(KycDocumentKind::ArticlesOfAssociation, None),
            file(KycDocumentKind::ProofOfAddress, Some(90)),
        ],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_case_demands_other_documents_of_a_person_than_of_a_company() {
        let kinds = |case, person| -> Vec<_> {
            requirements(case, person).into_iter().map(|it| it.kind.as_str()).collect()
        };
        let (person, company) = (DocumentKind::Cpf, DocumentKind::Cnpj);
        assert_eq!(kinds(KycCase::PayoutPurpose, person), ["payout_purpose"]);
        assert_eq!(
            kinds(KycCase::BeneficiaryIdentity, person),
            ["identity_front", "identity_back"]
        );
        let of_company = requirements(KycCase::BeneficiaryIdentity, company);
        assert_eq!(of_company[0].kind, KycDocumentKind::ArticlesOfAssociation);
        assert_eq!(of_company[1].max_age_days, Some(90));
    }
}
