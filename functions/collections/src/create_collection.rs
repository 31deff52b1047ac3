//! `POST /v1/collections`: make a Data Collect link.

use brazil::{PixKey, PixKeyKind};
use domain::access::AuditAction;
use domain::collection::{
    CodeChannel, CollectedPerson, Collection, CollectionAsk, CollectionLocale, CollectionView,
    NewCollection,
};
use domain::kernel::{CollectionId, EMAIL_PATTERN, Error, Flaw, Id, Violation, email_flaw};
use edge::fields::{self, DocumentInput};
use edge::{Call, Created, Outcome};
use gate::mint_collection_token;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};
use store::{CollectionLink, Store, Writes};

/// Characters of the longest name.
const NAME_LENGTH_MAX: usize = 200;
/// Characters of the longest purpose.
const MESSAGE_LENGTH_MAX: usize = 140;
/// Days until a link expires, at most and by default.
const DAYS_MAX: u8 = 30;

/// A new Data Collect link.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(
    rename = "NewCollection",
    extend("examples" = [{
        "beneficiary": {
            "name": "Maria Silva",
            "document": { "type": "cpf", "number": "529.982.247-25" },
        },
        "contact": { "email": "maria@example.com" },
        "ask": "pix_key",
        "amount_cents": 25_000,
        "message": "Reembolso da viagem de novembro",
        "reference": "supplier-7",
    }])
)]
pub struct CollectionInput {
    /// Person or company that the link asks.
    beneficiary: CollectionPersonInput,
    /// How the beneficiary is reached.
    contact: CollectionContactInput,
    /// What the link asks for.
    ask: CollectionAsk,
    /// Amount that the page shows, in cents. It moves no money.
    #[schemars(range(min = 1, max = 99_999_999_999_u64))]
    amount_cents: Option<u64>,
    /// Days until the link expires, 1 to 30; 30 if absent.
    #[schemars(range(min = 1, max = 30))]
    expires_in_days: Option<u8>,
    /// Language of the page; `pt` if absent.
    locale: Option<CollectionLocale>,
    /// Purpose that the page shows, up to 140 characters.
    #[schemars(length(min = 1, max = 140))]
    message: Option<String>,
    /// Caller's own id; several links can have the same one. Up to 64 characters.
    #[schemars(length(min = 1, max = 64))]
    reference: Option<String>,
}

/// A person or company that a link asks.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "NewCollectionBeneficiary")]
pub struct CollectionPersonInput {
    /// Name, up to 200 characters.
    #[schemars(length(min = 1, max = 200))]
    name: String,
    /// CPF or CNPJ to which the Pix key must belong.
    document: DocumentInput,
}

/// How a beneficiary is reached.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "NewCollectionContact")]
pub struct CollectionContactInput {
    /// E-mail that receives the codes.
    #[schemars(length(max = 254), regex(pattern = EMAIL_PATTERN))]
    email: String,
    /// Brazilian mobile number, with or without punctuation.
    #[schemars(length(min = 1, max = 30))]
    phone: Option<String>,
}

impl CollectionInput {
    /// Reads the person, and names everything that is wrong with the input.
    fn person(&self) -> Result<CollectedPerson, Error> {
        let name = &self.beneficiary.name;
        let texts = [
            fields::text("beneficiary.name", Some(name), NAME_LENGTH_MAX),
            email_flaw("contact.email", &self.contact.email),
            self.amount_cents.and_then(|cents| fields::amount("amount_cents", cents)),
            self.expires_in_days.and_then(days_flaw),
            fields::text("message", self.message.as_deref(), MESSAGE_LENGTH_MAX),
            fields::reference("reference", self.reference.as_deref()),
        ];
        let mut flaws: Vec<Violation> = texts.into_iter().flatten().collect();
        let document = self.beneficiary.document.read("beneficiary.document");
        let document = document.map_err(|flaw| flaws.push(flaw));
        let phone = self.contact.phone.as_deref().map(phone).transpose();
        let phone = phone.map_err(|flaw| flaws.push(flaw));
        match (document, phone) {
            (Ok(document), Ok(phone)) if flaws.is_empty() => Ok(CollectedPerson {
                name: name.trim().to_owned(),
                document,
                email: self.contact.email.clone(),
                phone,
                pix_key: None,
            }),
            _ => Err(Error::Invalid(flaws)),
        }
    }
}

/// Makes the link. The table has only the digest of its token, so no later answer has the address.
pub async fn handle(
    store: &Store,
    call: Call<CollectionInput>,
) -> Result<Outcome<Created<CollectionView>>, Error> {
    let (input, moment) = (&call.input, &call.moment);
    let person = input.person()?;
    CodeChannel::of(call.stage)?;
    let (token, link_digest) = mint_collection_token(moment);
    let id = CollectionId::mint(moment);
    let new = NewCollection {
        document: person.document.clone(),
        sealed: call.peppers.seal_person(id, &person, moment)?,
        link_digest: link_digest.clone(),
        ask: input.ask,
        amount_cents: input.amount_cents,
        expires_in_days: input.expires_in_days.unwrap_or(DAYS_MAX),
        locale: input.locale.unwrap_or(CollectionLocale::Portuguese),
        message: input.message.clone(),
        reference: input.reference.clone(),
    };
    let (account_id, user_id) = (call.account_id(), call.principal.user_id());
    let collection = Collection::create(id, (account_id, user_id), new, moment);
    let link = CollectionLink { digest: link_digest, account_id, collection_id: id };
    let after = json!(CollectionView::from(&collection));
    let audit = call.audit(AuditAction::CollectionCreated, id, Value::Null, after);
    let writes = Writes::default().replace(&collection).create(&link).create(&audit);
    let url = format!("{}/collect/{}", call.origin, *token);
    let view = CollectionView::full(&collection, &person).with_url(url);
    call.commit(store, writes, Created(view)).await
}

fn days_flaw(days: u8) -> Option<Violation> {
    let detail = format!("a link is valid for 1 to {DAYS_MAX} days");
    let good = (1..=DAYS_MAX).contains(&days);
    (!good).then(|| Violation::new("expires_in_days", Flaw::OutOfRange, detail))
}

fn phone(text: &str) -> Result<String, Violation> {
    let parsed = PixKey::parse(PixKeyKind::Phone, text);
    parsed
        .map(|key| key.as_str().to_owned())
        .map_err(|error| Violation::new("contact.phone", Flaw::InvalidFormat, error.to_string()))
}
