//! Every minute: checks the Pix keys that beneficiaries sent by Data Collect links, and ends expired links.
//!
//! A worker first claims a check over the version that it read, so only one worker asks the directory. A worker
//! that dies leaves the claim, which ends after 90 seconds. Its late result changes nothing, because the row has
//! another version by then (docs/adr/0052).

use brazil::PixKey;
use directory::{BudgetRows, FreshAnswer, LookupCharge, LookupError, look_up_fresh};
use domain::access::{AuditAction, AuditEvent, Author};
use domain::account::Account;
use domain::beneficiary::{
    CheckFinding, NewSavedBeneficiary, SavedBeneficiary, SavedBeneficiaryView,
};
use domain::collection::{CheckClaim, CollectedPerson, Collection};
use domain::kernel::{AuditId, BeneficiaryId, Error, Id, Moment};
use domain::network::LookupPurpose;
use domain::payout::PayoutDestination;
use serde_json::{Value, json};
use store::{DueList, Key, Writes};
use worker::{Report, Worker};

use crate::due::JobRun;

/// Works the due collections, and returns the number of those that changed. A failed one is logged and stays due
/// for the next tick.
pub async fn handle(worker: &Worker) -> Result<Report, Error> {
    let run = &JobRun::start(worker, DueList::Collections);
    let report = run.each_row(|key| async move {
        run.add(u64::from(advance(worker, &key).await?));
        Ok(false)
    });
    report.await
}

/// Ends an expired link, or claims and carries out a check. The index lags behind the table, so nothing may be
/// due any more.
async fn advance(worker: &Worker, key: &Key) -> Result<bool, Error> {
    let (moment, store) = (worker.app.moment(), &worker.app.store);
    let collection: Option<Collection> = store.find(key).await?;
    let mut collection = collection.ok_or(Error::NotFound("collection"))?;
    let account: Option<Account> = store.find(&Key::Account(collection.account_id)).await?;
    if account.is_none_or(|account| account.is_closed()) && collection.due.is_some() {
        let event = collection.end_with_account(&moment)?;
        let writes = Writes::default().replace(&collection).create(&event);
        return store.commit(writes, &moment).await.map(|_| true);
    }
    match collection.claim(&moment)? {
        CheckClaim::NotDue => Ok(false),
        CheckClaim::Expired(event) => {
            let writes = Writes::default().replace(&collection).create(&*event);
            store.commit(writes, &moment).await.map(|_| true)
        }
        CheckClaim::Claimed => {
            store.commit(Writes::default().replace(&collection), &moment).await?;
            collection.version += 1;
            check(worker, collection).await.map(|()| true)
        }
    }
}

/// Asks the directory for the owner of the key, and records what follows.
async fn check(worker: &Worker, mut collection: Collection) -> Result<(), Error> {
    let (app, moment) = (&worker.app, worker.app.moment());
    let mut peppers = app.secrets.peppers(moment.now).await?;
    let person = match peppers.open_person(&collection) {
        // The person was sealed with a version that this instance does not have yet.
        Err(Error::Outdated) => {
            peppers = app.secrets.fetch(moment.now).await?;
            peppers.open_person(&collection)?
        }
        opened => opened?,
    };
    let missing = || Error::internal("a submitted collection has a person with a Pix key");
    let mut person = person.ok_or_else(missing)?;
    let key = person.pix_key.take().ok_or_else(missing)?;
    let answer = match ask(worker, &collection, &key, &moment).await {
        Ok(answer) => answer,
        Err(error) => {
            let retry_at = match &error {
                LookupError::Spent(denied) => Some(denied.retry_at()),
                LookupError::NoResponse(_) | LookupError::Storage(_) => None,
            };
            let text = format!("{}: Pix key not checked; the schedule tries again", collection.id);
            app.warn(&text, &error.into_error(moment.now));
            let moment = app.moment();
            collection.defer_check(retry_at, &moment)?;
            return app
                .store
                .commit(Writes::default().replace(&collection), &moment)
                .await
                .map(drop);
        }
    };
    let moment = app.moment();
    let is_match = answer.owner.as_ref().is_some_and(|owner| owner.document == person.document);
    let writes = if is_match {
        let digest = peppers.document_digest(&person.document);
        verified(&mut collection, (person, key, digest), &answer, &moment)?
    } else {
        let sealed = peppers.seal_person(collection.id, &person, &moment)?;
        let event = collection.refuse_key(sealed, &moment)?;
        let audit = refused(&collection, &moment);
        Writes::default().replace(&collection).create(&event).create(&audit)
    };
    // A guess is as expensive as a key that does not exist (docs/adr/0051).
    let charge = if is_match { LookupCharge::Found } else { LookupCharge::Whole };
    let (committed, settled) =
        tokio::join!(app.store.commit(writes, &moment), answer.settle(&app.store, charge, &moment));
    committed.and(settled)
}

async fn ask(
    worker: &Worker,
    collection: &Collection,
    key: &PixKey,
    moment: &Moment,
) -> Result<FreshAnswer, LookupError> {
    let (app, account_id) = (&worker.app, collection.account_id);
    let directory = app.rails.directory(account_id)?;
    let rows = app.store.read(&BudgetRows::keys(account_id)).await?;
    let budgets = BudgetRows::of(&mut rows.into_iter())?;
    // The share of the user who made the link, so that links cannot take the look-ups of others.
    let asker = (account_id, LookupPurpose::Validation(collection.created_by));
    look_up_fresh(&app.store, directory, asker, key, budgets, moment).await
}

/// Returns the line of a check without a match, because each one tells something about a key (docs/adr/0051).
fn refused(collection: &Collection, moment: &Moment) -> AuditEvent {
    AuditEvent {
        id: AuditId::mint(moment),
        account_id: collection.account_id,
        action: AuditAction::DestinationChecked,
        author: Author::system(),
        target: collection.id.to_string(),
        before: Value::Null,
        after: json!({ "status": collection.status, "checks": collection.checks }),
        request_id: String::new(),
        created_at: moment.now,
    }
}

/// Saves the beneficiary with a verified destination, and ends the link, in one transaction.
fn verified(
    collection: &mut Collection,
    (person, key, digest): (CollectedPerson, PixKey, String),
    answer: &FreshAnswer,
    moment: &Moment,
) -> Result<Writes, Error> {
    let author = (collection.account_id, collection.created_by);
    let new = NewSavedBeneficiary {
        name: person.name,
        document: person.document,
        destinations: vec![PayoutDestination::PixKey(key)],
        reference: None,
        metadata: [("collection_id".to_owned(), collection.id.to_string())].into(),
    };
    let id = BeneficiaryId::mint(moment);
    let (mut beneficiary, created) = SavedBeneficiary::save(id, author, new, moment)?;
    let finding = CheckFinding::of(&beneficiary, answer.owner.as_ref());
    let destination = beneficiary.destinations.first().map(|it| it.id);
    let destination =
        destination.ok_or_else(|| Error::internal("a beneficiary has a destination"))?;
    let (_, checked) = beneficiary.record_check(destination, finding, author.1, moment)?;
    let event = collection.verify(&beneficiary, moment)?;
    let audit = AuditEvent {
        id: AuditId::mint(moment),
        account_id: collection.account_id,
        action: AuditAction::BeneficiaryCreated,
        author: Author::system(),
        target: id.to_string(),
        before: Value::Null,
        after: json!(SavedBeneficiaryView::masked(&beneficiary)),
        request_id: String::new(),
        created_at: moment.now,
    };
    let writes = Writes::default().replace(&*collection).create(&event);
    Ok(writes.save_beneficiary(&beneficiary, digest, &created).create(&checked).create(&audit))
}
