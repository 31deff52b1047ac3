//! Sends a transaction and reports its outcome.
//!
//! DynamoDB returns the cancellation reasons in the order of the steps. The first failed condition
//! names the error. The idempotency row is the first step, so a replay outranks every other
//! reason. Conflicts and throttling count only if no condition failed. Then the same request is
//! sent again under the same token (docs/adr/0004).

use std::collections::HashMap;
use std::time::Duration;

use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::{
    CancellationReason, ConditionCheck, Delete, Put, ReturnValuesOnConditionCheckFailure,
    TransactWriteItem, Update,
};
use backon::{ExponentialBuilder, Retryable};
use domain::kernel::{AccountId, Code, Error, Moment};
use serde_dynamo::aws_sdk_dynamodb_1::from_item;

use crate::committed::Committed;
use crate::error::{is_retryable, request_error};
use crate::key::Key;
use crate::view::lock;
use crate::writes::{
    AttributeNames, OnConditionFailed, WriteAction, WriteStep, row, version, version_condition,
};
use crate::{CommitMode, Item, Store, Writes};

/// First wait after a conflict. It doubles, with jitter; a transaction takes 10 to 20 ms on AWS.
const BACKOFF_MIN: Duration = Duration::from_millis(25);
/// Longest single wait.
const BACKOFF_MAX: Duration = Duration::from_millis(400);
/// Maximum number of retries: about 1.5 s in total if the table answers at once. If the table
/// hangs, the deadline of `edge::serve` ends the request.
const RETRIES_MAX: usize = 6;

type SendError =
    SdkError<TransactWriteItemsError, aws_smithy_runtime_api::client::orchestrator::HttpResponse>;

impl Store {
    /// Writes all steps or none. The token of the request is random and lives as long as this
    /// call. A retry sends the same bytes, so the table does the work once. Without steps there is
    /// nothing to send, as after a report that changes nothing.
    pub async fn commit(&self, writes: Writes, moment: &Moment) -> Result<Committed, Error> {
        if writes.steps.is_empty() {
            return Ok(Committed::Applied);
        }
        match (&self.mode, writes.contended) {
            (CommitMode::Group(view), _) => lock(view).commit(writes),
            (CommitMode::Turns(contention), Some(account_id)) => {
                if contention.is_at(account_id) {
                    return Err(Error::Contended);
                }
                self.commit_unless_contended(account_id, writes, moment).await.inspect_err(
                    |error| {
                        if matches!(error, Error::Contended) {
                            contention.note(account_id);
                        }
                    },
                )
            }
            _ => self.commit_alone(writes, moment).await,
        }
    }

    async fn commit_alone(&self, writes: Writes, moment: &Moment) -> Result<Committed, Error> {
        let steps: Vec<_> = writes.steps.iter().collect();
        match self.send(&steps, moment, is_retryable_commit).await {
            Ok(()) => Ok(Committed::Applied),
            Err(error) => outcome(error, writes.steps),
        }
    }

    /// Writes all steps or none, unless the transaction meets another one at the books or the numbers of this
    /// account.
    async fn commit_unless_contended(
        &self,
        account_id: AccountId,
        writes: Writes,
        moment: &Moment,
    ) -> Result<Committed, Error> {
        let steps: Vec<_> = writes.steps.iter().collect();
        let Err(error) = self.send_until_conflict(&steps, moment).await else {
            return Ok(Committed::Applied);
        };
        let contended = [Key::Books(account_id), Key::BoletoNumbers(account_id)];
        let contended = contended.map(|key| (key.table(), key.pk(), key.sk()));
        match failed_step(&error) {
            None if is_conflict(&error) => Err(Error::Contended),
            Some(failed) if contended.contains(&steps[failed].name()) => Err(Error::Contended),
            _ => outcome(error, writes.steps),
        }
    }

    /// Sends a transaction, again under the same token if its outcome is unknown, but not after a conflict:
    /// the other transaction has probably changed a row that this one was decided on.
    pub(crate) async fn send_until_conflict(
        &self,
        steps: &[&WriteStep],
        moment: &Moment,
    ) -> Result<(), SendError> {
        let again = |error: &SendError| is_retryable_commit(error) && !is_conflict(error);
        self.send(steps, moment, again).await
    }

    async fn send(
        &self,
        steps: &[&WriteStep],
        moment: &Moment,
        again: impl FnMut(&SendError) -> bool,
    ) -> Result<(), SendError> {
        // The token is random and lives as long as this call.
        let token = format!("{:032x}", u128::from_be_bytes(moment.bytes()));
        let requests: Vec<_> = steps.iter().map(|step| self.request(step)).collect();
        let send = || self.send_once(&requests, &token);
        let backoff = ExponentialBuilder::default()
            .with_min_delay(BACKOFF_MIN)
            .with_max_delay(BACKOFF_MAX)
            .with_max_times(RETRIES_MAX)
            .with_jitter();
        send.retry(backoff).when(again).await
    }

    async fn send_once(&self, steps: &[TransactWriteItem], token: &str) -> Result<(), SendError> {
        self.client
            .transact_write_items()
            .client_request_token(token)
            .set_transact_items(Some(steps.to_vec()))
            .send()
            .await
            .map(drop)
    }

    /// Writes one row over the version that was read, for a change of one row. It costs half of a
    /// transaction. A retry after a lost answer can find its own version and return `Stale`.
    #[expect(clippy::disallowed_methods, reason = "one row without entries or events")]
    pub async fn replace<I: Item>(&self, item: &I) -> Result<(), Error> {
        if let CommitMode::Group(view) = &self.mode {
            return Err(lock(view).does_not_fit());
        }
        let version = version(item);
        let (condition, values) = version_condition(version);
        let values: HashMap<_, _> =
            values.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        self.client
            .put_item()
            .table_name(self.table(item.key().table()))
            .set_item(Some(row(item, version + 1)))
            .condition_expression(condition)
            .set_expression_attribute_values((!values.is_empty()).then_some(values))
            .send()
            .await
            .map(drop)
            .map_err(|error| match error.as_service_error() {
                Some(other) if other.is_conditional_check_failed_exception() => Error::Stale,
                _ => request_error(error),
            })
    }

    fn request(&self, step: &WriteStep) -> TransactWriteItem {
        let old = ReturnValuesOnConditionCheckFailure::AllOld;
        let condition = step.condition.map(str::to_owned);
        let values = (!step.values.is_empty()).then(|| {
            step.values.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect()
        });
        let item = TransactWriteItem::builder();
        let table = self.table(step.table);
        const COMPLETE: &str = "table and key or item are set";
        match &step.action {
            WriteAction::Put(row) => item.put(
                Put::builder()
                    .table_name(table)
                    .set_item(Some(row.clone()))
                    .set_condition_expression(condition)
                    .set_expression_attribute_values(values)
                    .return_values_on_condition_check_failure(old)
                    .build()
                    .expect(COMPLETE),
            ),
            WriteAction::Update(key, expression, names) => item.update(
                Update::builder()
                    .table_name(table)
                    .set_key(Some(key.clone()))
                    .update_expression(*expression)
                    .set_expression_attribute_names(owned(names))
                    .set_condition_expression(condition)
                    .set_expression_attribute_values(values)
                    .build()
                    .expect(COMPLETE),
            ),
            WriteAction::Check(key, names) => item.condition_check(
                ConditionCheck::builder()
                    .table_name(table)
                    .set_key(Some(key.clone()))
                    .set_condition_expression(condition)
                    .set_expression_attribute_names(owned(names))
                    .set_expression_attribute_values(values)
                    .return_values_on_condition_check_failure(old)
                    .build()
                    .expect("table, key and condition are set"),
            ),
            WriteAction::Delete(key) => item.delete(
                Delete::builder()
                    .table_name(table)
                    .set_key(Some(key.clone()))
                    .set_condition_expression(condition)
                    .set_expression_attribute_values(values)
                    .build()
                    .expect(COMPLETE),
            ),
        }
        .build()
    }
}

/// Returns the names in the form of the SDK; `None` if there are none.
fn owned(names: &AttributeNames) -> Option<HashMap<String, String>> {
    let owned = |(name, value): &(&str, String)| ((*name).to_owned(), value.clone());
    (!names.is_empty()).then(|| names.iter().map(owned).collect())
}

/// Reasons of a cancelled transaction after which the same request may be sent again.
const RETRYABLE_REASONS: &[&str] =
    &["TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"];

fn reasons<R>(error: &SdkError<TransactWriteItemsError, R>) -> Option<&[CancellationReason]> {
    match error.as_service_error()? {
        TransactWriteItemsError::TransactionCanceledException(cancelled) => {
            Some(cancelled.cancellation_reasons())
        }
        _ => None,
    }
}

fn code(reason: &CancellationReason) -> &str {
    reason.code().unwrap_or("None")
}

/// Returns the positions of the steps of which the condition failed.
pub(crate) fn failed_steps<R>(error: &SdkError<TransactWriteItemsError, R>) -> Vec<usize> {
    let reasons = reasons(error).unwrap_or_default().iter().enumerate();
    let failed = reasons.filter(|(_, reason)| code(reason) == "ConditionalCheckFailed");
    failed.map(|(position, _)| position).collect()
}

fn failed_step<R>(error: &SdkError<TransactWriteItemsError, R>) -> Option<usize> {
    failed_steps(error).first().copied()
}

/// Returns true if the transaction met another one, and no condition failed.
pub(crate) fn is_conflict<R>(error: &SdkError<TransactWriteItemsError, R>) -> bool {
    let conflict = |reason: &CancellationReason| code(reason) == "TransactionConflict";
    failed_step(error).is_none()
        && reasons(error).is_some_and(|reasons| reasons.iter().any(conflict))
}

fn is_retryable_commit<R>(error: &SdkError<TransactWriteItemsError, R>) -> bool {
    match reasons(error) {
        None => is_retryable(error),
        Some(reasons) => {
            failed_step(error).is_none()
                && reasons.iter().any(|reason| RETRYABLE_REASONS.contains(&code(reason)))
        }
    }
}

fn outcome<R>(
    error: SdkError<TransactWriteItemsError, R>,
    steps: Vec<WriteStep>,
) -> Result<Committed, Error>
where
    R: std::fmt::Debug + Send + Sync + 'static,
{
    let Some(reasons) = reasons(&error) else {
        return Err(request_error(error));
    };
    let Some(index) = failed_step(&error) else {
        let replay = steps
            .first()
            .is_some_and(|step| matches!(step.on_condition_failed, OnConditionFailed::Replay));
        if replay && reasons.first().is_some_and(|reason| code(reason) == "TransactionConflict") {
            return Err(Error::conflict(
                Code::IdempotencyInProgress,
                "the first request with this Idempotency-Key is still running; send the request again in one second",
            ));
        }
        return Err(if is_retryable_commit(&error) {
            Error::unavailable(error)
        } else {
            Error::internal(error)
        });
    };
    let row = reasons[index].item().cloned().unwrap_or_default();
    match steps.into_iter().nth(index).map(|step| step.on_condition_failed) {
        Some(OnConditionFailed::Fail(error)) => Err(error),
        Some(OnConditionFailed::FailWith(error_of)) => Err(error_of(row)),
        Some(OnConditionFailed::Replay) => {
            let row = from_item(row).map_err(Error::internal)?;
            Ok(Committed::Replayed(Box::new(row)))
        }
        None => Err(Error::internal("the table gave more reasons than there were steps")),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use aws_sdk_dynamodb::types::error::TransactionCanceledException;
    use domain::kernel::{AccountId, Entropy, Id};
    use jiff::Timestamp;

    use super::*;
    use crate::Idempotency;

    struct ConstantEntropy;

    impl Entropy for ConstantEntropy {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.fill(7);
        }
    }

    fn stored_answer() -> Idempotency {
        let moment = Moment::new(Timestamp::UNIX_EPOCH, Arc::new(ConstantEntropy));
        Idempotency {
            account_id: AccountId::mint(&moment),
            operation: "create_charge".to_owned(),
            idempotency_key: "order-1".to_owned(),
            fingerprint: String::new(),
            status: 201,
            sealed: crate::SealedReply::Bytes(Vec::new()),
            with_code: false,
            expires_at: moment.now,
        }
    }

    /// Three steps: the stored answer, then one that fails as `charge_state`, then one that fails
    /// as stale.
    fn steps() -> Vec<WriteStep> {
        let response = stored_answer();
        let refused = Error::conflict(Code::ChargeState, "the charge is paid");
        Writes::default()
            .create_or(&response, refused)
            .create(&response)
            .idempotent(&response, response.expires_at)
            .steps
    }

    fn cancelled(codes: [&str; 3]) -> SdkError<TransactWriteItemsError, ()> {
        let old = row(&stored_answer(), 1);
        let reasons = codes.into_iter().map(|code| {
            let failed = (code == "ConditionalCheckFailed").then(|| old.clone());
            CancellationReason::builder().code(code).set_item(failed).build()
        });
        let error = TransactionCanceledException::builder()
            .set_cancellation_reasons(Some(reasons.collect()))
            .build();
        SdkError::service_error(TransactWriteItemsError::TransactionCanceledException(error), ())
    }

    fn summary(codes: [&str; 3]) -> &'static str {
        match outcome(cancelled(codes), steps()) {
            Ok(Committed::Replayed(_)) => "replay",
            Err(Error::Conflict { code: Code::ChargeState, .. }) => "charge_state",
            Err(Error::Stale) => "stale",
            Err(Error::Conflict { code: Code::IdempotencyInProgress, .. }) => "in progress",
            Err(Error::Unavailable(_)) => "unavailable",
            Err(Error::Internal(_)) => "internal",
            other => panic!("{codes:?}: {other:?}"),
        }
    }

    /// Fault row 15. Tests every permutation: the stored answer outranks other conditions, the
    /// first of those outranks the rest, and a conflict counts only if no condition failed.
    #[test]
    fn reasons_are_read_by_place_and_rank() {
        const CODES: [&str; 3] = ["None", "TransactionConflict", "ConditionalCheckFailed"];
        const FAILED: &str = CODES[2];
        const CONFLICT: &str = CODES[1];
        for first in CODES {
            for second in CODES {
                for third in CODES {
                    let codes = [first, second, third];
                    let expected = match codes {
                        [FAILED, _, _] => "replay",
                        [_, FAILED, _] => "charge_state",
                        [_, _, FAILED] => "stale",
                        [CONFLICT, _, _] => "in progress",
                        [_, CONFLICT, _] | [_, _, CONFLICT] => "unavailable",
                        _ => "internal",
                    };
                    assert_eq!(summary(codes), expected, "{codes:?}");
                    let retryable = !codes.contains(&FAILED) && codes.contains(&CONFLICT);
                    assert_eq!(is_retryable_commit(&cancelled(codes)), retryable, "{codes:?}");
                }
            }
        }
    }

    /// Fault row 15. A reason that a retry cannot change is our error and is never sent again.
    #[test]
    fn a_request_the_table_finds_wrong_is_not_sent_again() {
        for code in ["ValidationError", "ItemCollectionSizeLimitExceeded"] {
            let codes = ["None", code, "None"];
            assert_eq!(summary(codes), "internal");
            assert!(!is_retryable_commit(&cancelled(codes)));
        }
    }
}
