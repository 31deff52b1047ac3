//! The directory of Pix keys in the sandbox. The key decides the owner, always the same; one key changes
//! its owner with the time.

use brazil::{Bank, BankAccountKind, Document, DocumentKind, PixKey, PixKeyKind};
use jiff::Timestamp;
use rails::{DirectoryEntry, KeyDirectory, NoResponse, RailFuture};
use schemars::JsonSchema;
use serde::Serialize;

use crate::sandbox_rail::SandboxRail;

/// An entry of the sandbox's directory of Pix keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
pub struct DirectoryStory {
    /// Pix key; null for every other key.
    pub key: Option<&'static str>,
    /// Whether the directory has the key.
    pub found: bool,
    /// Name of the owner; null if it follows from the kind of key.
    pub owner_name: Option<&'static str>,
    /// CPF or CNPJ of the owner; null if it follows from the key.
    pub owner_document: Option<&'static str>,
    /// In words.
    pub description: &'static str,
}

pub(crate) const PERSON: (&str, &str) = ("Maria Silva", "52998224725");
pub(crate) const COMPANY: (&str, &str) = ("Comercio Exemplo Ltda", "11222333000181");

/// The key that changes its owner every full hour.
const CHANGING_KEY: &str = "changing@sandbox.example";

/// The entries of the directory; the first match wins.
pub const DIRECTORY: &[DirectoryStory] = &[
    unknown("nobody@sandbox.example"),
    unknown("+5511900000000"),
    unknown("00000000-0000-4000-8000-000000000000"),
    DirectoryStory {
        key: Some("company@sandbox.example"),
        found: true,
        owner_name: Some(COMPANY.0),
        owner_document: Some(COMPANY.1),
        description: "The key belongs to a company.",
    },
    DirectoryStory {
        key: Some(CHANGING_KEY),
        found: true,
        owner_name: None,
        owner_document: None,
        description: "The key changes its owner every full hour (UTC): Maria Silva in even hours, \
            Comercio Exemplo Ltda in odd ones. A payout that is approved in one hour and sent in the \
            next returns to awaiting_approval with the reason recipient_changed.",
    },
    DirectoryStory {
        key: None,
        found: true,
        owner_name: None,
        owner_document: None,
        description: "The directory has every other key. The owner of a CPF or CNPJ key has that \
            document; Maria Silva, CPF 529.982.247-25, owns all other keys.",
    },
];

const fn unknown(key: &'static str) -> DirectoryStory {
    DirectoryStory {
        key: Some(key),
        found: false,
        owner_name: None,
        owner_document: None,
        description: "The directory does not have the key.",
    }
}

fn directory_entry(key: &PixKey, now: Timestamp) -> Result<Option<DirectoryEntry>, NoResponse> {
    let broken = |cause: &dyn std::fmt::Display| NoResponse::ConnectionFailed(cause.to_string());
    let matches = |story: &&DirectoryStory| story.key.is_none_or(|text| text == key.as_str());
    let story = DIRECTORY.iter().find(matches).expect("the last entry matches every key");
    if !story.found {
        return Ok(None);
    }
    let (kind, own) = match key.kind() {
        PixKeyKind::Cpf => (DocumentKind::Cpf, (PERSON.0, key.as_str())),
        PixKeyKind::Cnpj => (DocumentKind::Cnpj, (COMPANY.0, key.as_str())),
        PixKeyKind::Phone | PixKeyKind::Email | PixKeyKind::Evp => (DocumentKind::Cpf, PERSON),
    };
    let odd_hour = now.as_second().div_euclid(3_600) % 2 != 0;
    let owner = match (story.owner_name.zip(story.owner_document), story.key) {
        (Some(owner), _) => Some(owner),
        (None, Some(CHANGING_KEY)) if odd_hour => Some(COMPANY),
        (None, _) => None,
    };
    let kind = if owner.is_some() { DocumentKind::Cnpj } else { kind };
    let (name, number) = owner.unwrap_or(own);
    let document = Document::parse(kind, number);
    let bank = Bank::by_code("341").ok_or_else(|| broken(&"341 is in the list of banks"))?;
    Ok(Some(DirectoryEntry {
        owner_name: name.to_owned(),
        owner_document: document.map_err(|cause| broken(&cause))?,
        bank,
        account_kind: BankAccountKind::Checking,
    }))
}

impl KeyDirectory for SandboxRail {
    fn look_up<'a>(
        &'a self,
        key: &'a PixKey,
        now: Timestamp,
    ) -> RailFuture<'a, Option<DirectoryEntry>> {
        Box::pin(std::future::ready(directory_entry(key, now)))
    }
}
