//! The payer of a new charge.

use domain::charge::{Address, Payer};
use domain::kernel::{EMAIL_PATTERN, Flaw, Violation, email_flaw};
use edge::fields::{self, DocumentInput};
use schemars::JsonSchema;
use serde::Deserialize;

/// The states of Brazil and the Federal District (IBGE).
const STATES: [&str; 27] = [
    "AC", "AL", "AM", "AP", "BA", "CE", "DF", "ES", "GO", "MA", "MG", "MS", "MT", "PA", "PB", "PE",
    "PI", "PR", "RJ", "RN", "RO", "RR", "RS", "SC", "SE", "SP", "TO",
];
const STATE_PATTERN: &str = "^(A[CLMP]|BA|CE|DF|ES|GO|M[AGST]|P[ABEIR]|R[JNORS]|S[CEP]|TO)$";
const POSTAL_CODE_PATTERN: &str = "^[0-9]{5}-?[0-9]{3}$";

/// Payer of a charge.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "NewPayer")]
pub(crate) struct PayerInput {
    /// Name, up to 200 characters.
    #[schemars(length(min = 1, max = 200))]
    name: String,
    /// CPF or CNPJ, with or without punctuation.
    document: DocumentInput,
    /// E-mail of the payer.
    #[schemars(length(max = 254), regex(pattern = EMAIL_PATTERN))]
    email: Option<String>,
    /// Address of the payer. A boleto needs it.
    address: Option<AddressInput>,
}

/// Address in Brazil.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "NewAddress")]
pub(crate) struct AddressInput {
    /// Street, with its kind; up to 100 characters.
    #[schemars(length(min = 1, max = 100))]
    street: String,
    /// Number of the building, up to 10 characters; `S/N` if it has none.
    #[schemars(length(min = 1, max = 10))]
    number: String,
    /// Rest of the address, such as the flat; up to 50 characters.
    #[schemars(length(min = 1, max = 50))]
    complement: Option<String>,
    /// District, up to 60 characters.
    #[schemars(length(min = 1, max = 60))]
    district: String,
    /// City, up to 60 characters.
    #[schemars(length(min = 1, max = 60))]
    city: String,
    /// State, two capital letters such as `SP`.
    #[schemars(regex(pattern = STATE_PATTERN))]
    state: String,
    /// Postal code (CEP), 8 digits with or without a hyphen.
    #[schemars(regex(pattern = POSTAL_CODE_PATTERN))]
    postal_code: String,
}

impl AddressInput {
    fn read(&self) -> Result<Address, Vec<Violation>> {
        let text = |name: &str, text: &str, length_max| {
            fields::text(&format!("payer.address.{name}"), Some(text), length_max)
        };
        let digits: String = self.postal_code.chars().filter(|it| *it != '-').collect();
        let state = (!STATES.contains(&self.state.as_str())).then(|| {
            let detail = "`state` must be a state of Brazil, two capital letters such as `SP`";
            Violation::new("payer.address.state", Flaw::InvalidFormat, detail)
        });
        let is_postal_code = digits.len() == 8 && digits.bytes().all(|it| it.is_ascii_digit());
        let hyphen = matches!(self.postal_code.find('-'), None | Some(5));
        let postal_code = (!(is_postal_code && hyphen)).then(|| {
            let detail = "`postal_code` must have 8 digits, such as `01304-000`";
            Violation::new("payer.address.postal_code", Flaw::InvalidFormat, detail)
        });
        let rules = [
            text("street", &self.street, 100),
            text("number", &self.number, 10),
            self.complement.as_deref().and_then(|it| text("complement", it, 50)),
            text("district", &self.district, 60),
            text("city", &self.city, 60),
            state,
            postal_code,
        ];
        let violations: Vec<_> = rules.into_iter().flatten().collect();
        if !violations.is_empty() {
            return Err(violations);
        }
        let trimmed = |text: &str| text.trim().to_owned();
        Ok(Address {
            street: trimmed(&self.street),
            number: trimmed(&self.number),
            complement: self.complement.as_deref().map(trimmed),
            district: trimmed(&self.district),
            city: trimmed(&self.city),
            state: self.state.clone(),
            postal_code: digits,
        })
    }
}

impl PayerInput {
    /// Reads the payer; the violations name its fields.
    pub(crate) fn read(&self) -> Result<Payer, Vec<Violation>> {
        let rules = [
            fields::text("payer.name", Some(&self.name), 200),
            self.email.as_deref().and_then(|email| email_flaw("payer.email", email)),
        ];
        let mut violations: Vec<_> = rules.into_iter().flatten().collect();
        let document = self.document.read("payer.document").map_err(|flaw| violations.push(flaw));
        let address = self.address.as_ref().map(AddressInput::read).transpose();
        let address = address.map_err(|wrong| violations.extend(wrong));
        match (document, address) {
            (Ok(document), Ok(address)) if violations.is_empty() => {
                let (name, email) = (self.name.trim().to_owned(), self.email.clone());
                Ok(Payer { name, document, email, address })
            }
            _ => Err(violations),
        }
    }
}
