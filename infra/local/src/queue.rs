//! The queues of the bundle: standard queues of SQS, in this process and on the injected clock.
//!
//! They have the operations and fields that the bundle uses. Everything else is refused by name, so
//! that no difference from AWS stays unnoticed. Deliberately absent: FIFO queues, message
//! attributes, long polling (a poller waits for [`LocalQueues::sent`]) and AWS's thresholds of
//! unfairness (see [`fairness`]).
//!
//! The contract in `tests/testkit/queue_contract.rs` checks that they behave as SQS does; it runs
//! against these and against deployed queues.

mod fairness;
mod mailbox;
mod operations;
mod random;
mod refusal;
mod requests;
mod responses;
mod settings;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use aws_smithy_runtime_api::client::http::{HttpConnector, HttpConnectorFuture};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::http::StatusCode;
use aws_smithy_types::body::SdkBody;
use jiff::Timestamp;
use runtime::Clock;
use serde_json::{Value, json};
use tokio::sync::Notify;

use self::mailbox::Mailbox;
pub use self::random::Disturbance;
use self::random::Random;
use self::refusal::QueueError;
use crate::names::QUEUE_URL;

/// All queues of a bundle. Cheap to clone.
#[derive(Clone)]
pub struct LocalQueues(Arc<QueuesState>);

struct QueuesState {
    clock: Arc<dyn Clock>,
    state: Mutex<Mailboxes>,
    sent: Notify,
}

#[derive(Default)]
struct Mailboxes {
    queues: BTreeMap<String, Mailbox>,
    messages: u64,
    random: Random,
    /// True if a message may be visible earlier than the waiting pollers expect.
    changed: bool,
}

impl LocalQueues {
    /// Returns the queues of a new bundle: none.
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        let state = Mutex::new(Mailboxes::default());
        Self(Arc::new(QueuesState { clock, state, sent: Notify::new() }))
    }

    fn state(&self) -> std::sync::MutexGuard<'_, Mailboxes> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Disturbs messages from now on; the default disturbance ends it.
    pub fn disturb(&self, disturbance: Disturbance) {
        self.state().random = Random::new(disturbance);
    }

    /// Returns when the next message of the queue is visible, which is later than now if all are
    /// delayed or in flight. Returns `None` if the queue is empty or does not exist.
    pub fn next_visible_at(&self, queue_url: &str) -> Option<Timestamp> {
        let now = self.0.clock.now();
        let name = queue_url.strip_prefix(QUEUE_URL)?;
        self.state().queues.get_mut(name)?.next_visible_at(now)
    }

    /// Returns the notification of a message that was sent, moved to its dead-letter queue, or made
    /// visible early. It is not stored for later callers: call `notified()` first, then
    /// [`LocalQueues::next_visible_at`], and await last. A move of the clock does not notify.
    pub fn sent(&self) -> &Notify {
        &self.0.sent
    }

    /// Answers one request of the SDK.
    pub(crate) fn response(&self, operation: &str, body: &[u8]) -> HttpResponse {
        let now = self.0.clock.now();
        let (result, changed) = {
            let mut state = self.state();
            let result = state.carry_out(operation, body, now);
            (result, std::mem::take(&mut state.changed))
        };
        if changed {
            self.0.sent.notify_waiters();
        }
        match result {
            Ok(response) => respond(200, &response),
            Err(refusal) => refused(&refusal),
        }
    }
}

impl fmt::Debug for LocalQueues {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("LocalQueues").finish_non_exhaustive()
    }
}

impl HttpConnector for LocalQueues {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let target = request.headers().get("x-amz-target").unwrap_or_default();
        let (_, operation) = target.split_once('.').unwrap_or_default();
        let response = self.response(operation, request.body().bytes().unwrap_or_default());
        HttpConnectorFuture::ready(Ok(response))
    }
}

fn respond(status: u16, body: &Value) -> HttpResponse {
    let status = StatusCode::try_from(status).expect("a status");
    let mut response = HttpResponse::new(status, SdkBody::from(body.to_string()));
    response.headers_mut().insert("content-type", "application/x-amz-json-1.0");
    response
}

/// Returns an error in the JSON protocol. The SDK reads the code from the header, which is the code
/// of the older query protocol.
fn refused(refusal: &QueueError) -> HttpResponse {
    let body = json!({ "__type": refusal.kind.shape, "message": refusal.message });
    let mut response = respond(400, &body);
    let code = format!("{};Sender", refusal.kind.code);
    response.headers_mut().insert("x-amzn-query-error", code);
    response
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use jiff::SignedDuration;

    use super::*;
    use crate::LocalClock;
    use crate::names::QUEUE_ARN;

    const TWELVE_HOURS: i64 = 43_200;

    struct QueueBench {
        clock: Arc<LocalClock>,
        queues: LocalQueues,
    }

    impl QueueBench {
        /// Creates the queues `dead` and `lane`; dead letters of `lane` go to `dead` after two
        /// receives.
        fn new() -> Self {
            let clock = Arc::new(LocalClock::frozen("2026-11-23T12:00:00Z".parse().unwrap()));
            let queues = LocalQueues::new(clock.clone());
            let bench = Self { clock, queues };
            let dead = format!("{QUEUE_ARN}dead");
            let policy = json!({ "deadLetterTargetArn": dead, "maxReceiveCount": "2" });
            bench.ask("CreateQueue", json!({ "QueueName": "dead" })).unwrap();
            let attributes =
                json!({ "RedrivePolicy": policy.to_string(), "MessageRetentionPeriod": "3600" });
            bench
                .ask("CreateQueue", json!({ "QueueName": "lane", "Attributes": attributes }))
                .unwrap();
            bench
        }

        /// Returns the body of a 200, or the code of an error.
        fn ask(&self, operation: &str, body: Value) -> Result<Value, String> {
            let response = self.queues.response(operation, body.to_string().as_bytes());
            let text: Value = serde_json::from_slice(response.body().bytes().unwrap()).unwrap();
            match response.headers().get("x-amzn-query-error") {
                None => Ok(text),
                Some(code) => Err(code.trim_end_matches(";Sender").to_owned()),
            }
        }

        fn of(&self, queue: &str, operation: &str, mut body: Value) -> Result<Value, String> {
            body["QueueUrl"] = json!(format!("{QUEUE_URL}{queue}"));
            self.ask(operation, body)
        }

        fn send(&self, bodies: &[String], group: Option<&str>) {
            for ten in bodies.chunks(10) {
                let entries: Vec<_> = ten
                    .iter()
                    .enumerate()
                    .map(|(id, body)| {
                        json!({ "Id": id.to_string(), "MessageBody": body, "MessageGroupId": group })
                    })
                    .collect();
                let sent = self.of("lane", "SendMessageBatch", json!({ "Entries": entries }));
                assert_eq!(sent.unwrap()["Failed"], json!([]));
            }
        }

        /// Returns body and handle of each message.
        fn receive(&self, queue: &str, count: usize) -> Vec<(String, String)> {
            let body = json!({ "MaxNumberOfMessages": count });
            let received = self.of(queue, "ReceiveMessage", body).unwrap();
            let messages = received["Messages"].as_array().cloned().unwrap_or_default();
            let text = |value: &Value| value.as_str().unwrap().to_owned();
            messages.iter().map(|one| (text(&one["Body"]), text(&one["ReceiptHandle"]))).collect()
        }

        fn bodies(&self, queue: &str, count: usize) -> Vec<String> {
            self.receive(queue, count).into_iter().map(|(body, _)| body).collect()
        }

        fn delete(&self, handle: &str) {
            self.of("lane", "DeleteMessage", json!({ "ReceiptHandle": handle })).unwrap();
        }

        fn hide(&self, handle: &str, seconds: i64) -> Result<Value, String> {
            let body = json!({ "ReceiptHandle": handle, "VisibilityTimeout": seconds });
            self.of("lane", "ChangeMessageVisibility", body)
        }

        fn wait(&self, seconds: i64) {
            self.clock.advance(SignedDuration::from_secs(seconds));
        }

        /// Returns the seconds until a message is visible.
        fn visible_in(&self, queue: &str) -> Option<i64> {
            let at = self.queues.next_visible_at(&format!("{QUEUE_URL}{queue}"))?;
            Some(at.duration_since(self.clock.now()).as_secs())
        }

        /// Receives and deletes until the queue is empty, and returns the bodies in order.
        fn drain(&self) -> Vec<String> {
            let mut drained = Vec::new();
            loop {
                let received = self.receive("lane", 10);
                if received.is_empty() {
                    return drained;
                }
                for (body, handle) in received {
                    self.delete(&handle);
                    drained.push(body);
                }
            }
        }
    }

    fn numbered(name: &str, count: usize) -> Vec<String> {
        (0..count).map(|number| format!("{name}-{number}")).collect()
    }

    #[test]
    fn ten_thousand_messages_of_one_group_do_not_delay_another_group() {
        let bench = QueueBench::new();
        bench.send(&numbered("loud", 10_000), Some("loud"));
        bench.send(&numbered("quiet", 3), Some("quiet"));
        let order = ["loud-0", "quiet-0", "loud-1", "quiet-1", "loud-2", "quiet-2", "loud-3"];
        assert_eq!(bench.bodies("lane", 7), order);
        // Three of each group become visible again, and one more of the loud group.
        bench.wait(30);
        assert_eq!(bench.drain().len(), 10_003);
    }

    #[test]
    fn a_message_in_flight_counts_for_its_group_until_it_is_deleted_or_visible_again() {
        let bench = QueueBench::new();
        bench.send(&numbered("a", 3), Some("a"));
        let received = bench.receive("lane", 1);
        bench.send(&numbered("b", 1), Some("b"));
        bench.send(&numbered("alone", 1), None);
        assert_eq!(bench.bodies("lane", 2), ["b-0", "alone-0"]);
        bench.delete(&received[0].1);
        bench.send(&numbered("b", 2)[1..], Some("b"));
        assert_eq!(bench.bodies("lane", 2), ["a-1", "a-2"], "b has one in flight");
    }

    #[test]
    fn the_same_seed_gives_the_same_disturbance() {
        let run = |seed| {
            let bench = QueueBench::new();
            bench.queues.disturb(Disturbance { duplicate_percent: 30, reorder: true, seed });
            bench.send(&numbered("a", 100), Some("a"));
            bench.drain()
        };
        let once = run(7);
        assert_eq!(once, run(7));
        assert_ne!(once, run(8));
        let mut times = BTreeMap::new();
        once.iter().for_each(|body| *times.entry(body.clone()).or_insert(0) += 1);
        assert_eq!(times.len(), 100);
        let twice = times.values().filter(|times| **times == 2).count();
        assert_eq!(once.len(), 100 + twice);
        assert!((15..45).contains(&twice), "{twice}");
        assert_ne!(once[..10], numbered("a", 10), "they are out of order");
    }

    #[test]
    fn a_copy_is_delivered_after_its_message_is_deleted_and_never_becomes_a_dead_letter() {
        let bench = QueueBench::new();
        bench.queues.disturb(Disturbance { duplicate_percent: 100, ..Disturbance::default() });
        bench.send(&numbered("a", 2), None);
        assert_eq!(
            bench.bodies("lane", 10),
            ["a-0", "a-1"],
            "one answer never has a message twice"
        );
        bench.queues.disturb(Disturbance::default());
        bench.wait(30);
        assert_eq!(bench.drain(), ["a-0", "a-1", "a-0", "a-1"]);
        assert_eq!(bench.visible_in("dead"), None);
    }

    #[test]
    fn the_queue_reports_when_the_next_message_is_visible() {
        let bench = QueueBench::new();
        assert_eq!(bench.visible_in("lane"), None);
        assert_eq!(bench.visible_in("nowhere"), None);
        let body = json!({ "MessageBody": "a", "DelaySeconds": 900 });
        bench.of("lane", "SendMessage", body).unwrap();
        assert_eq!(bench.visible_in("lane"), Some(900));
        bench.wait(900);
        assert_eq!(bench.visible_in("lane"), Some(0));
        let handle = &bench.receive("lane", 1)[0].1;
        assert_eq!(bench.visible_in("lane"), Some(30));
        bench.hide(handle, 60).unwrap();
        assert_eq!(bench.visible_in("lane"), Some(60));
        bench.delete(handle);
        assert_eq!(bench.visible_in("lane"), None);
    }

    #[test]
    fn a_message_expires_in_any_state() {
        let bench = QueueBench::new();
        bench.send(&numbered("a", 2), None);
        bench.wait(3_590);
        assert_eq!(bench.receive("lane", 1).len(), 1);
        bench.wait(10);
        assert_eq!(bench.visible_in("lane"), None);
    }

    #[test]
    fn a_dead_letter_keeps_its_age_and_its_count() {
        let bench = QueueBench::new();
        bench.send(&numbered("a", 1), None);
        for _ in 0..2 {
            assert_eq!(bench.receive("lane", 1).len(), 1);
            bench.wait(30);
        }
        assert_eq!(bench.receive("lane", 1), []);
        let body = json!({ "MessageSystemAttributeNames": ["All"] });
        let received = bench.of("dead", "ReceiveMessage", body).unwrap();
        let attributes = &received["Messages"][0]["Attributes"];
        assert_eq!(attributes["ApproximateReceiveCount"], "3");
        assert_eq!(attributes["DeadLetterQueueSourceArn"], format!("{QUEUE_ARN}lane"));
        let age = bench.clock.now().as_millisecond() - 60_000;
        assert_eq!(attributes["SentTimestamp"], age.to_string());
    }

    #[test]
    fn a_message_is_in_flight_for_twelve_hours_at_most() {
        let bench = QueueBench::new();
        let url = bench.ask("CreateQueue", json!({ "QueueName": "lane" })).unwrap();
        assert_eq!(url["QueueUrl"], format!("{QUEUE_URL}lane"), "creating again changes nothing");
        bench.send(&numbered("a", 1), None);
        let handle = &bench.receive("lane", 1)[0].1;
        assert!(bench.hide(handle, TWELVE_HOURS).is_ok());
        bench.wait(1);
        assert_eq!(bench.hide(handle, TWELVE_HOURS), Err("InvalidParameterValue".to_owned()));
        assert!(bench.hide(handle, TWELVE_HOURS - 1).is_ok());
        assert!(bench.hide(handle, 0).is_ok());
        let visible = Err("AWS.SimpleQueueService.MessageNotInflight".to_owned());
        assert_eq!(bench.hide(handle, 10), visible);
    }

    #[test]
    fn a_purge_takes_everything_once_a_minute() {
        let bench = QueueBench::new();
        bench.send(&numbered("a", 2), None);
        let handle = &bench.receive("lane", 1)[0].1;
        bench.of("lane", "PurgeQueue", json!({})).unwrap();
        let soon = Err("AWS.SimpleQueueService.PurgeQueueInProgress".to_owned());
        assert_eq!(bench.of("lane", "PurgeQueue", json!({})), soon);
        bench.send(&numbered("b", 1), None);
        bench.delete(handle);
        assert_eq!(bench.bodies("lane", 10), ["b-0"], "an old handle matches no new message");
        bench.wait(60);
        bench.of("lane", "PurgeQueue", json!({})).unwrap();
        assert_eq!(bench.visible_in("lane"), None);
    }

    #[tokio::test]
    async fn a_waiting_poller_wakes_if_a_message_is_sent_or_made_visible_early() {
        let bench = QueueBench::new();
        let woken = bench.queues.sent().notified();
        bench.send(&numbered("a", 1), None);
        woken.await;
        let handle = &bench.receive("lane", 1)[0].1;
        let woken = bench.queues.sent().notified();
        bench.hide(handle, 0).unwrap();
        woken.await;
    }

    #[track_caller]
    fn check(operation: &str, body: Value, expected: &str) {
        let response = QueueBench::new().of("lane", operation, body);
        assert_eq!(response, Err(expected.to_owned()), "{operation}");
    }

    #[test]
    fn requests_that_sqs_refuses_are_refused() {
        let parameter = "InvalidParameterValue";
        let long = "x".repeat(1_048_577);
        check("SendMessage", json!({ "MessageBody": long }), parameter);
        check("SendMessage", json!({ "MessageBody": "" }), "MissingParameter");
        check("SendMessage", json!({ "MessageBody": "\u{b}" }), "InvalidMessageContents");
        check("SendMessage", json!({ "MessageBody": "a", "DelaySeconds": 901 }), parameter);
        check("SendMessage", json!({ "MessageBody": "a", "MessageGroupId": "a b" }), parameter);
        check("ReceiveMessage", json!({ "MaxNumberOfMessages": 11 }), parameter);
        check("ReceiveMessage", json!({ "MaxNumberOfMessages": 0 }), parameter);
        check("ReceiveMessage", json!({ "WaitTimeSeconds": 21 }), parameter);
        check("ReceiveMessage", json!({ "VisibilityTimeout": 43_201 }), parameter);
        let other = json!({ "AttributeNames": ["Strange"] });
        check("GetQueueAttributes", other, "InvalidAttributeName");
        let half = "x".repeat(524_289);
        let entries = ["a", "b"].map(|id| json!({ "Id": id, "MessageBody": half }));
        let long = "AWS.SimpleQueueService.BatchRequestTooLong";
        check("SendMessageBatch", json!({ "Entries": entries }), long);
        let entries = [json!({ "Id": "a b", "MessageBody": "a" })];
        let id = "AWS.SimpleQueueService.InvalidBatchEntryId";
        check("SendMessageBatch", json!({ "Entries": entries }), id);
    }

    #[test]
    fn a_queue_is_created_again_only_with_the_same_attributes() {
        let bench = QueueBench::new();
        let make = |attributes| {
            bench.ask("CreateQueue", json!({ "QueueName": "lane", "Attributes": attributes }))
        };
        let same = make(json!({ "MessageRetentionPeriod": "3600" }));
        assert_eq!(same.unwrap()["QueueUrl"], format!("{QUEUE_URL}lane"));
        let other = make(json!({ "VisibilityTimeout": "31" }));
        assert_eq!(other, Err("QueueAlreadyExists".to_owned()));
        let policy =
            json!({ "deadLetterTargetArn": format!("{QUEUE_ARN}nowhere"), "maxReceiveCount": 1 });
        let attributes = json!({ "RedrivePolicy": policy.to_string() });
        let stray = json!({ "QueueName": "stray", "Attributes": attributes });
        assert_eq!(bench.ask("CreateQueue", stray), Err("InvalidParameterValue".to_owned()));
    }

    #[test]
    fn a_receipt_handle_belongs_to_one_queue() {
        let bench = QueueBench::new();
        bench.send(&numbered("a", 1), None);
        let handle = json!({ "ReceiptHandle": bench.receive("lane", 1)[0].1 });
        let refused = Err("ReceiptHandleIsInvalid".to_owned());
        assert_eq!(bench.of("dead", "DeleteMessage", handle), refused);
    }

    #[test]
    fn an_unsupported_operation_or_field_is_refused() {
        check("ListQueues", json!({}), "AWS.SimpleQueueService.UnsupportedOperation");
        let attributes = json!({ "MessageBody": "a", "MessageAttributes": {} });
        check("SendMessage", attributes, "SerializationException");
    }
}
