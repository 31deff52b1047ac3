//! `GET /v1/beneficiaries`: list saved beneficiaries, newest first.

use domain::beneficiary::{SavedBeneficiary, SavedBeneficiaryView};
use domain::kernel::{Error, Violation};
use edge::{Call, FilterReader, ListPage, Rows, fields};
use store::{Key, Listing, Store};

use crate::filters::BeneficiariesInput;
use crate::matches::BeneficiaryMatches;

/// Lists a page with masked documents, keys and account numbers of people. The filter by status lags behind
/// by less than a second.
pub async fn handle(
    store: &Store,
    call: Call<BeneficiariesInput, BeneficiaryMatches>,
) -> Result<ListPage<SavedBeneficiaryView>, Error> {
    let (input, account_id) = (&call.input, call.account_id());
    let (limit, cursor) = (input.limit, input.cursor.as_deref());
    if input.document.is_some() || input.reference.is_some() {
        let found = read_matches(store, &call).await?;
        let rows = usize::from(edge::limit(limit)?);
        let data = found.iter().take(rows).map(SavedBeneficiaryView::masked).collect();
        return call.list_of_one_page(limit, cursor, data);
    }
    let listing = match input.status {
        Some(status) => Listing::BeneficiariesIn(account_id, status.as_str()),
        None => Listing::Beneficiaries(account_id),
    };
    let view = |beneficiary: SavedBeneficiary| SavedBeneficiaryView::masked(&beneficiary);
    call.list(store, &listing, limit, cursor, view).await
}

/// Reads the beneficiaries that the filters name, and keeps those that pass all filters.
async fn read_matches(
    store: &Store,
    call: &Call<BeneficiariesInput, BeneficiaryMatches>,
) -> Result<Vec<SavedBeneficiary>, Error> {
    let input = &call.input;
    let mut reader = FilterReader::default();
    let document = reader.document(input.document.as_deref());
    let flaws: Vec<Violation> = reader.finish().err().into_iter().flatten().collect();
    let flaw = fields::reference("reference", input.reference.as_deref());
    let flaws: Vec<_> = flaws.into_iter().chain(flaw).collect();
    if !flaws.is_empty() {
        return Err(Error::Invalid(flaws));
    }
    let key = |id: &_| Key::Beneficiary(call.account_id(), *id);
    let keys: Vec<_> = call.target.0.iter().map(key).collect();
    if keys.is_empty() {
        return Ok(Vec::new());
    }
    let rows = Rows::load(store, keys.clone()).await?;
    let mut found = Vec::new();
    for beneficiary in keys.iter().map(|key| rows.find::<SavedBeneficiary>(key)) {
        found.extend(beneficiary?);
    }
    found.retain(|it| {
        document.as_ref().is_none_or(|document| it.document == *document)
            && input.reference.as_ref().is_none_or(|text| it.reference.as_ref() == Some(text))
            && input.status.is_none_or(|status| it.status == status)
    });
    Ok(found)
}
