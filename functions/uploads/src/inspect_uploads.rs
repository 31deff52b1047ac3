//! From the queue of uploads: inspects files that customers uploaded, and keeps copies of those that count.

use domain::dispute::Dispute;
use domain::kernel::Error;
use domain::kyc::KycRequest;
use files::UploadTarget;
use queue::UploadMessage;
use serde_json::Value;
use store::Key;
use worker::each_message;

use crate::Inspector;
use crate::owner::inspect;

/// Inspects the files of a batch, which is one message.
pub async fn handle(inspector: &Inspector, batch: Value) -> Result<Value, Error> {
    let each = |message| inspect_each(inspector, message);
    each_message(inspector.app(), "inspect_uploads", batch, each).await
}

async fn inspect_each(inspector: &Inspector, message: UploadMessage) -> Result<(), Error> {
    for key in message.keys() {
        match UploadTarget::read(key) {
            Some(target) => Box::pin(inspect_target(inspector, target)).await?,
            None => {
                let error = Error::internal("the bucket reports only uploads");
                inspector.app().warn("a file that is no upload is not inspected", &error);
            }
        }
    }
    Ok(())
}

/// Inspects a file of the object that its name has.
async fn inspect_target(inspector: &Inspector, target: UploadTarget) -> Result<(), Error> {
    match target {
        UploadTarget::Evidence { account_id, dispute_id, evidence_id } => {
            let row = Key::Dispute(account_id, dispute_id);
            inspect::<Dispute>(inspector, target, row, evidence_id).await
        }
        UploadTarget::KycDocument { account_id, request_id, document_id } => {
            let row = Key::KycRequest(account_id, request_id);
            inspect::<KycRequest>(inspector, target, row, document_id).await
        }
    }
}
