//! The query of a list with search filters: its fields, and how they become filters.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::marker::PhantomData;

use brazil::{Document, DocumentKind, PixKey, PixKeyKind};
use domain::kernel::{AMOUNT_CENTS_MAX, ClosedList, Flaw, Violation};
use domain::search::{SearchFilters, SearchRange};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;

use crate::fields::reference;
use crate::input::Input;
use crate::instant::{SpanEnd, SpanStart};
use crate::searchable::Searchable;

/// Characters of an unknown word that its violation shows.
const WORD_LENGTH_MAX: usize = 40;
/// Greatest number of characters of a filter that has no rule of its own.
const TEXT_LENGTH_MAX: usize = 100;

/// One word of a closed list, or several with commas between them.
#[derive(Clone, Deserialize)]
#[serde(transparent)]
pub struct Words<S> {
    text: String,
    #[serde(skip)]
    list: PhantomData<S>,
}

impl<S: ClosedList> Words<S> {
    /// Returns the words, each once.
    ///
    /// # Errors
    /// A violation that names the first unknown word and lists the known ones.
    pub fn read(&self, field: &str) -> Result<Vec<&'static str>, Violation> {
        let known = S::words();
        let read = |word: &str| {
            known.iter().copied().find(|it| *it == word).ok_or_else(|| {
                let shown: String = word.chars().take(WORD_LENGTH_MAX).collect();
                let all = known.join(", ");
                let detail = format!("{shown:?} is unknown; send one or several of {all}");
                Violation::new(field, Flaw::UnknownValue, detail)
            })
        };
        let words = self.text.split(',').map(read).collect::<Result<BTreeSet<_>, _>>()?;
        Ok(words.into_iter().collect())
    }
}

impl<S: ClosedList> JsonSchema for Words<S> {
    fn schema_name() -> Cow<'static, str> {
        "Words".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let words = S::words().join("|");
        json_schema!({ "type": "string", "pattern": format!("^({words})(,({words}))*$") })
    }
}

/// The fields that every list has.
pub struct ListFields<'a> {
    /// First instant of the creation.
    pub created_from: Option<SpanStart>,
    /// End of the creation.
    pub created_until: Option<SpanEnd>,
    /// First instant of the payment.
    pub paid_from: Option<SpanStart>,
    /// End of the payment.
    pub paid_until: Option<SpanEnd>,
    /// First instant of the last event.
    pub updated_from: Option<SpanStart>,
    /// End of the last event.
    pub updated_until: Option<SpanEnd>,
    /// Least amount in cents.
    pub amount_from_cents: Option<u64>,
    /// Greatest amount in cents.
    pub amount_until_cents: Option<u64>,
    /// End-to-end id.
    pub end_to_end_id: Option<&'a str>,
    /// Caller's own id.
    pub reference: Option<&'a str>,
    /// Start of the caller's own id.
    pub reference_prefix: Option<&'a str>,
    /// Maximum number of rows.
    pub limit: Option<u8>,
    /// Where the page begins.
    pub cursor: Option<&'a str>,
}

/// The query of a list.
pub trait ListQuery: Input {
    /// What the list shows.
    type Object: Searchable;
    /// Statuses that the objects can have.
    type Status: ClosedList;

    /// Returns the statuses of which the objects have one.
    fn status(&self) -> Option<&Words<Self::Status>>;

    /// Returns the other fields that every list has.
    fn fields(&self) -> ListFields<'_>;

    /// Adds the filters that this list has beside them.
    fn add_filters(&self, reader: &mut FilterReader);
}

/// Reads filters and collects what is wrong with them.
#[derive(Default)]
pub struct FilterReader {
    /// Filters that are right.
    pub filters: SearchFilters,
    flaws: Vec<Violation>,
}

impl FilterReader {
    /// Reads all filters of a query.
    ///
    /// # Errors
    /// The violations of all filters that are wrong.
    pub(crate) fn read<Q: ListQuery>(query: &Q) -> Result<SearchFilters, Vec<Violation>> {
        let mut reader = Self::default();
        let fields = query.fields();
        let filters = &mut reader.filters;
        let instants = |from: Option<SpanStart>, until: Option<SpanEnd>| SearchRange {
            from: from.map(|from| from.0),
            until: until.map(|until| until.0),
        };
        filters.created_at = instants(fields.created_from, fields.created_until);
        filters.paid_at = instants(fields.paid_from, fields.paid_until);
        filters.updated_at = instants(fields.updated_from, fields.updated_until);
        filters.reference = fields.reference.map(str::to_owned);
        filters.reference_prefix = fields.reference_prefix.map(str::to_owned);
        reader.flaws.extend(reference("reference", fields.reference));
        reader.flaws.extend(reference("reference_prefix", fields.reference_prefix));
        reader.filters.amount_cents =
            reader.amounts(fields.amount_from_cents, fields.amount_until_cents);
        reader.filters.end_to_end_id = reader.text("end_to_end_id", fields.end_to_end_id);
        match query.status().map(|words| words.read("status")).transpose() {
            Ok(words) => reader.filters.statuses = words.unwrap_or_default(),
            Err(flaw) => reader.flaws.push(flaw),
        }
        query.add_filters(&mut reader);
        reader.finish()
    }

    /// Returns the filters.
    ///
    /// # Errors
    /// The violations of all filters that are wrong.
    pub fn finish(self) -> Result<SearchFilters, Vec<Violation>> {
        if self.flaws.is_empty() { Ok(self.filters) } else { Err(self.flaws) }
    }

    /// Reads a range of amounts in cents.
    pub fn amounts(&mut self, from: Option<u64>, until: Option<u64>) -> SearchRange<u64> {
        for (name, amount) in [("amount_from_cents", from), ("amount_until_cents", until)] {
            let detail = format!("an amount must be 0 to {AMOUNT_CENTS_MAX} cents");
            let is_wrong = amount.is_some_and(|amount| amount > AMOUNT_CENTS_MAX);
            let flaw = is_wrong.then(|| Violation::new(name, Flaw::OutOfRange, detail));
            self.flaws.extend(flaw);
        }
        SearchRange { from, until }
    }

    /// Reads a text that is compared as it is.
    pub fn text(&mut self, field: &'static str, text: Option<&str>) -> Option<String> {
        let text = text?;
        let length = text.chars().count();
        if !(1..=TEXT_LENGTH_MAX).contains(&length) {
            let detail = format!("`{field}` must have 1 to {TEXT_LENGTH_MAX} characters");
            self.flaws.push(Violation::new(field, Flaw::WrongLength, detail));
        }
        Some(text.to_owned())
    }

    /// Reads a CPF or a CNPJ, with or without punctuation.
    pub fn document(&mut self, text: Option<&str>) -> Option<Document> {
        let text = text?.trim();
        let cpf = Document::parse(DocumentKind::Cpf, text);
        let document = cpf.or_else(|_| Document::parse(DocumentKind::Cnpj, text));
        if document.is_err() {
            let detail =
                "send a CPF of 11 digits or a CNPJ of 14 characters, with right check digits";
            self.flaws.push(Violation::new("document", Flaw::InvalidFormat, detail));
        }
        document.ok()
    }

    /// Reads a Pix key. Eleven digits can be a CPF and a phone number, and then both are searched.
    pub fn pix_keys(&mut self, text: Option<&str>) -> Vec<PixKey> {
        let Some(text) = text else { return Vec::new() };
        let read = |kind: &PixKeyKind| PixKey::parse(*kind, text).ok();
        let keys: Vec<_> = PixKeyKind::ALL.iter().filter_map(read).collect();
        if keys.is_empty() {
            let detail = "the text has the form of no Pix key";
            self.flaws.push(Violation::new("pix_key", Flaw::InvalidFormat, detail));
        }
        keys
    }
}

/// Declares the query of a list: its own fields and how they become filters, then the fields that every
/// list has.
///
/// `list_query! { /// What it is. Name of Charge, ChargeStatus { txid: Option<String>, } |query, reader| { } }`
#[macro_export]
macro_rules! list_query {
    (
        $(#[$doc:meta])*
        $name:ident of $object:ty, $status:ty {
            $($(#[$field_doc:meta])* $field:ident: $kind:ty,)*
        }
        |$query:ident, $reader:ident| $add:block
    ) => {
        $(#[$doc])*
        #[derive(serde::Deserialize, schemars::JsonSchema)]
        #[serde(deny_unknown_fields)]
        pub struct $name {
            /// Returns only objects in this status, or in one of several with commas between them.
            status: Option<$crate::Words<$status>>,
            $($(#[$field_doc])* $field: $kind,)*
            /// Returns only objects created at or after this instant; a date alone is the start of that day in
            /// São Paulo. A payout of a batch counts with the time of the batch.
            created_from: Option<$crate::SpanStart>,
            /// Returns only objects created before this instant; a date alone is the end of that day in São
            /// Paulo.
            created_until: Option<$crate::SpanEnd>,
            /// Returns only objects paid at or after this instant or date, the last payment first.
            paid_from: Option<$crate::SpanStart>,
            /// Returns only objects paid before this instant, or until the end of this date.
            paid_until: Option<$crate::SpanEnd>,
            /// Returns only objects whose last event is of this instant or date or later, the last change
            /// first.
            updated_from: Option<$crate::SpanStart>,
            /// Returns only objects whose last event is before this instant, or until the end of this date.
            updated_until: Option<$crate::SpanEnd>,
            /// Returns only objects with at least this amount in cents, the greatest amount first.
            #[schemars(range(min = 0, max = 99_999_999_999_u64))]
            amount_from_cents: Option<u64>,
            /// Returns only objects with at most this amount in cents. For one amount send it in both fields.
            #[schemars(range(min = 0, max = 99_999_999_999_u64))]
            amount_until_cents: Option<u64>,
            /// Returns only objects with this end-to-end id: of the payment, of a refund, or of the return of a
            /// payout or credit.
            #[schemars(length(min = 1, max = 100))]
            end_to_end_id: Option<String>,
            /// Returns only objects with this reference.
            #[schemars(length(min = 1, max = 64))]
            reference: Option<String>,
            /// Returns only objects whose reference begins with this text, in the order of the references.
            #[schemars(length(min = 1, max = 64))]
            reference_prefix: Option<String>,
            /// Maximum number of rows, 1 to 100; 25 if absent.
            #[schemars(range(min = 1, max = 100))]
            limit: Option<u8>,
            /// `next_cursor` of the previous page.
            cursor: Option<String>,
        }

        impl $crate::ListQuery for $name {
            type Object = $object;
            type Status = $status;

            fn status(&self) -> Option<&$crate::Words<$status>> {
                self.status.as_ref()
            }

            fn fields(&self) -> $crate::ListFields<'_> {
                $crate::ListFields {
                    created_from: self.created_from,
                    created_until: self.created_until,
                    paid_from: self.paid_from,
                    paid_until: self.paid_until,
                    updated_from: self.updated_from,
                    updated_until: self.updated_until,
                    amount_from_cents: self.amount_from_cents,
                    amount_until_cents: self.amount_until_cents,
                    end_to_end_id: self.end_to_end_id.as_deref(),
                    reference: self.reference.as_deref(),
                    reference_prefix: self.reference_prefix.as_deref(),
                    limit: self.limit,
                    cursor: self.cursor.as_deref(),
                }
            }

            fn add_filters(&self, $reader: &mut $crate::FilterReader) {
                let $query = self;
                $add
            }
        }
    };
}
