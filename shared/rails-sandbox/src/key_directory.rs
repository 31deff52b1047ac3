//! The directory of Pix keys in the sandbox. The key decides the owner, always the same.

use brazil::{Bank, BankAccountKind, Document, DocumentKind, PixKey, PixKeyKind};
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

const PERSON: (&str, &str) = ("Maria Silva", "52998224725");
const COMPANY: (&str, &str) = ("Comercio Exemplo Ltda", "11222333000181");

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

fn directory_entry(key: &PixKey) -> Result<Option<DirectoryEntry>, NoResponse> {
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
    let kind = if story.owner_document.is_some() { DocumentKind::Cnpj } else { kind };
    let document = Document::parse(kind, story.owner_document.unwrap_or(own.1));
    let bank = Bank::by_code("341").ok_or_else(|| broken(&"341 is in the list of banks"))?;
    Ok(Some(DirectoryEntry {
        owner_name: story.owner_name.unwrap_or(own.0).to_owned(),
        owner_document: document.map_err(|cause| broken(&cause))?,
        bank,
        account_kind: BankAccountKind::Checking,
    }))
}

impl KeyDirectory for SandboxRail {
    fn look_up<'a>(&'a self, key: &'a PixKey) -> RailFuture<'a, Option<DirectoryEntry>> {
        Box::pin(std::future::ready(directory_entry(key)))
    }
}
