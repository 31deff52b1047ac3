//! Payer and payee, with no more personal data than a receipt may show.

use brazil::{Bank, BankAccount, BankAccountKind, Document, DocumentKind, PixKey};
use schemars::JsonSchema;
use serde::Serialize;

use typeset::clean;

/// Payer or payee. A CPF, a Pix key of a person and an account number are masked in every receipt, because
/// a receipt is made to be passed on.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, JsonSchema)]
#[schemars(rename = "ReceiptParty")]
pub struct Party {
    /// Name; null if Trilho does not know it.
    pub name: Option<String>,
    /// Name that payers see, if it differs from `name`.
    pub merchant_name: Option<String>,
    /// Type of the document; null if Trilho does not know the document.
    pub document_type: Option<DocumentKind>,
    /// CPF as `***.456.789-**`, or the whole CNPJ as `12.ABC.345/01DE-35`.
    pub document: Option<String>,
    /// Institution; null if Trilho does not know it.
    pub bank: Option<PartyBank>,
    /// Type of the account; null if Trilho does not know it.
    pub account_type: Option<BankAccountKind>,
    /// Branch of the account.
    pub branch: Option<String>,
    /// End of the account number.
    pub account_number: Option<String>,
    /// Pix key; the key of a person is masked.
    pub pix_key: Option<String>,
}

/// Institution that holds an account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "ReceiptBank")]
pub struct PartyBank {
    /// ISPB of the institution, 8 characters.
    pub ispb: String,
    /// Name of the institution; null if it is not on the list of the Central Bank.
    pub name: Option<String>,
}

impl Party {
    /// Returns the party with this name.
    pub fn named(name: &str) -> Self {
        Self { name: Some(clean(name)), ..Self::default() }
    }

    /// Adds the name that payers see, unless it is the name itself.
    #[must_use]
    pub fn with_merchant_name(mut self, name: &str) -> Self {
        let name = clean(name);
        self.merchant_name = (self.name.as_ref() != Some(&name)).then_some(name);
        self
    }

    /// Adds the document, masked if it is a CPF.
    #[must_use]
    pub fn with_document(self, document: &Document) -> Self {
        self.with_masked_document(document.kind(), &document.masked())
    }

    /// Adds a document that is masked already. A CNPJ gets its punctuation.
    #[must_use]
    pub fn with_masked_document(mut self, kind: DocumentKind, masked: &str) -> Self {
        let written = Document::parse(kind, masked).map(|document| document.masked());
        self.document_type = Some(kind);
        self.document = Some(written.unwrap_or_else(|_| masked.to_owned()));
        self
    }

    /// Adds the institution with this ISPB.
    #[must_use]
    pub fn with_ispb(mut self, ispb: &str) -> Self {
        let name = Bank::by_ispb(ispb).map(|bank| bank.name().to_owned());
        self.bank = Some(PartyBank { ispb: ispb.to_owned(), name });
        self
    }

    /// Adds the institution as the network named it.
    #[must_use]
    pub fn with_institution(self, ispb: &str, name: Option<&str>) -> Self {
        let mut party = self.with_ispb(ispb);
        if let (Some(bank), Some(name)) = (&mut party.bank, name) {
            bank.name = Some(clean(name));
        }
        party
    }

    /// Adds a bank account.
    #[must_use]
    pub fn with_account(self, account: &BankAccount) -> Self {
        let mut party = self.with_ispb(account.bank().ispb());
        party.account_type = Some(account.kind());
        party.branch = Some(account.branch().to_owned());
        party.account_number = Some(account.masked_number());
        party
    }

    /// Adds a Pix key, masked if it is the key of a person.
    #[must_use]
    pub fn with_pix_key(mut self, key: &PixKey) -> Self {
        self.pix_key = Some(key.masked());
        self
    }
}
