//! What the commands about a KYC request share.

use command::{CommandFailure, account_id};
use domain::kernel::{AccountId, Error, Id, KycDocumentId, KycRequestId};
use domain::kyc::KycRequest;
use runtime::App;
use store::Key;

/// Reads the ids of an account and of its KYC request.
pub(crate) fn ids(
    account: &str,
    request: &str,
) -> Result<(AccountId, KycRequestId), CommandFailure> {
    let request_id = KycRequestId::parse(request).map_err(|_: Error| no_such_request())?;
    Ok((account_id(account)?, request_id))
}

/// Reads the id of a document.
pub(crate) fn document_id(text: &str) -> Result<KycDocumentId, CommandFailure> {
    KycDocumentId::parse(text).map_err(|_: Error| no_such_document())
}

/// Reads a KYC request.
pub(crate) async fn find_request(
    app: &App,
    (account_id, id): (AccountId, KycRequestId),
) -> Result<KycRequest, CommandFailure> {
    let found = app.store.find(&Key::KycRequest(account_id, id)).await?;
    found.ok_or_else(no_such_request)
}

/// Returns the refusal of a command about a request that does not exist.
pub(crate) fn no_such_request() -> CommandFailure {
    CommandFailure::refused("not_found", "kyc_request_id: the account has no such KYC request")
}

/// Returns the refusal of a command about a document that does not exist.
pub(crate) fn no_such_document() -> CommandFailure {
    CommandFailure::refused("not_found", "document_id: the KYC request has no such document")
}
