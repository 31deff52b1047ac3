//! Opening an account: the rules for its name, merchant and fees.
use crate::access::name_flaw;
use crate::account::{Account, FeeSchedule, Fees, Merchant};
use crate::kernel::AMOUNT_CENTS_MAX;
use crate::kernel::{AccountId, Error, Flaw, Id, Moment, Violation};
use brazil::{BrCode, Document, DocumentKind, MerchantError};

/// A fee of the whole amount.
const BASIS_POINTS_MAX: u64 = 10_000;

/// The input of a new account.
#[derive(Debug, Clone)]
pub struct NewAccount {
    /// Name of the company, 1 to 100 characters.
    pub name: String,
    /// Recipient that payers see.
    pub merchant: Merchant,
    /// Prices of charges and payouts; none means no fees.
    pub fees: Option<Fees>,
}

impl NewAccount {
    /// Returns the violations.
    pub fn flaws(&self) -> Vec<Violation> {
        let name = name_flaw("name", &self.name);
        let merchant = self.merchant.flaws();
        let fees = self.fees.iter().flat_map(Fees::flaws);
        name.into_iter().chain(merchant).chain(fees).collect()
    }

    /// Returns the account. `store::Writes::open_account` writes its books and its moderator count.
    pub fn open(self, moment: &Moment) -> Result<Account, Error> {
        let flaws = self.flaws();
        if !flaws.is_empty() {
            return Err(Error::Invalid(flaws));
        }
        let free = Fees::default();
        Ok(Account {
            id: AccountId::mint(moment),
            name: self.name.trim().to_owned(),
            merchant: self.merchant.trimmed(),
            fees: self.fees.unwrap_or(free),
            created_at: moment.now,
            closed_at: None,
            version: 0,
        })
    }
}

impl Merchant {
    /// Returns the violations, under the field `merchant`. A name or city that a QR code would cut or
    /// change is refused.
    pub fn flaws(&self) -> Vec<Violation> {
        let Self { name, city, pix_key, cnpj } = self;
        let checks = [
            merchant_flaw("merchant.name", BrCode::check_merchant_name(name.trim())),
            merchant_flaw("merchant.city", BrCode::check_merchant_city(city.trim())),
            BrCode::check_key(pix_key).err().map(|_| {
                let detail = "a Pix key must have 1 to 77 visible characters";
                Violation::new("merchant.pix_key", Flaw::InvalidFormat, detail)
            }),
            cnpj.as_deref().and_then(|cnpj| {
                let wrong = Document::parse(DocumentKind::Cnpj, cnpj).err()?;
                Some(Violation::new("merchant.cnpj", Flaw::InvalidFormat, wrong.to_string()))
            }),
        ];
        checks.into_iter().flatten().collect()
    }

    /// Returns the merchant without spaces around name and city, and the CNPJ without punctuation.
    #[must_use]
    pub fn trimmed(self) -> Self {
        Self {
            name: self.name.trim().to_owned(),
            city: self.city.trim().to_owned(),
            cnpj: self.document().map(|document| document.number().to_owned()),
            pix_key: self.pix_key,
        }
    }
}

impl Fees {
    /// Returns the violations, under the field `fees`.
    pub fn flaws(&self) -> Vec<Violation> {
        let boleto = self.boleto.iter().flat_map(|price| fee_flaws("fees.boleto", price));
        let card = self.card.iter().flat_map(|price| fee_flaws("fees.card", price));
        let payout = fee_flaws("fees.payout", &self.payout);
        let fixed = |name: &str, value| fixed_flaw(&format!("fees.dispute.{name}"), value);
        let disputes = [
            fixed("med_cents", self.dispute.med_cents),
            fixed("chargeback_cents", self.dispute.chargeback_cents),
        ];
        let disputes = disputes.into_iter().flatten();
        let early = self.anticipation.and_then(|early| {
            let (field, value) =
                ("fees.anticipation.monthly_basis_points", early.monthly_basis_points);
            let detail = format!("must be at most {BASIS_POINTS_MAX}");
            let is_wrong = value > BASIS_POINTS_MAX;
            is_wrong.then(|| Violation::new(field, Flaw::OutOfRange, detail))
        });
        let methods = fee_flaws("fees.pix", &self.pix).chain(boleto).chain(card);
        methods.chain(payout).chain(disputes).chain(early).collect()
    }
}

fn merchant_flaw(field: &str, checked: Result<(), MerchantError>) -> Option<Violation> {
    let error = checked.err()?;
    let flaw = match error {
        MerchantError::Empty | MerchantError::TooLong { .. } => Flaw::WrongLength,
        MerchantError::WrongCharacter => Flaw::InvalidFormat,
    };
    Some(Violation::new(field, flaw, error.to_string()))
}

fn fixed_flaw(field: &str, cents: u64) -> Option<Violation> {
    let detail = format!("must be at most {AMOUNT_CENTS_MAX}");
    (cents > AMOUNT_CENTS_MAX).then(|| Violation::new(field, Flaw::OutOfRange, detail))
}

fn fee_flaws(field: &str, schedule: &FeeSchedule) -> impl Iterator<Item = Violation> {
    let check = |name: &str, value: u64, max: u64| {
        let detail = format!("must be at most {max}");
        let field = format!("{field}.{name}");
        (value > max).then(|| Violation::new(field, Flaw::OutOfRange, detail))
    };
    let fixed = check("fixed_cents", schedule.fixed_cents, AMOUNT_CENTS_MAX);
    let share = check("basis_points", schedule.basis_points, BASIS_POINTS_MAX);
    fixed.into_iter().chain(share)
}
