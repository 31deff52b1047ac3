//! What we rely on of SQS, claim by claim. The local queues and the deployed ones answer to the same
//! claims, so that the stand-in cannot drift.
//!
//! A standard queue delivers at least once, in any order, and counts approximately; a short poll may
//! miss what is there. So every receive here is a long poll, what must come is asked for several
//! times, and nothing is said of order. Each claim has queues of its own.

use std::collections::BTreeSet;

use aws_sdk_sqs::Client;
use aws_sdk_sqs::error::ProvideErrorMetadata;
use aws_sdk_sqs::types::{
    DeleteMessageBatchRequestEntry, Message, MessageSystemAttributeName, QueueAttributeName,
    SendMessageBatchRequestEntry,
};

/// Receives that what is there may take to come.
const RECEIVES_MAX: usize = 10;
/// How long each of them waits on AWS. The local queues answer at once.
const POLL_SECONDS: i32 = 1;
/// Longer than a claim takes.
const LONG_SECONDS: i32 = 120;
/// How long counts may take to follow; AWS says a minute.
const COUNT_SECONDS: usize = 90;

/// Where the claims are tried.
#[expect(async_fn_in_trait, reason = "each test awaits it on its own runtime")]
pub trait QueueHost {
    /// Returns the SDK's client.
    fn client(&self) -> &Client;
    /// Makes a queue; its URL.
    async fn create(&self, name: &str, attributes: &[(QueueAttributeName, String)]) -> String;
    /// Lets time pass.
    async fn wait(&self, seconds: u64);
}

/// Tries every claim, each in a test of its own, on what the expression makes.
#[macro_export]
macro_rules! queue_contract {
    ($host:expr) => {
        $crate::queue_contract! { $host =>
            a_message_is_delivered_once_and_gone_when_deleted
            a_received_message_is_hidden_for_its_visibility_and_comes_back_with_a_higher_count
            visibility_can_be_ended_early
            visibility_can_be_prolonged
            a_deleted_message_cannot_be_hidden
            a_delayed_message_is_not_seen_before_its_time
            a_delay_of_over_a_quarter_of_an_hour_is_refused
            a_message_received_too_often_goes_to_the_dead_letter_queue
            an_old_receipt_handle_is_accepted_and_the_newest_one_deletes
            a_receipt_handle_deletes_after_its_visibility_ended_if_no_other_receive_came
            deleting_twice_is_no_error
            a_text_that_is_no_receipt_handle_is_refused
            a_batch_reports_each_entry
            a_batch_of_deletes_reports_each_entry
            a_batch_of_eleven_is_refused
            an_empty_batch_is_refused
            ids_in_a_batch_are_distinct
            a_message_of_over_a_mebibyte_is_refused
            what_was_sent_is_confirmed_by_its_md5
            a_message_says_when_it_was_sent_and_to_which_group
            a_group_that_holds_many_in_flight_lets_others_go_first
            a_queue_knows_its_attributes
            what_waits_is_counted
            a_queue_is_found_by_its_name
            a_queue_that_does_not_exist_is_named_in_the_error
        }
    };
    ($host:expr => $($claim:ident)*) => {
        $(
            #[tokio::test]
            async fn $claim() {
                $crate::queue_contract::$claim(&$host.await).await;
            }
        )*
    };
}

async fn send(host: &impl QueueHost, url: &str, body: &str) {
    let sent = host.client().send_message().queue_url(url).message_body(body).send().await;
    sent.expect("the message is taken");
}

/// Receives up to `count` messages once, and hides them for so many seconds.
async fn receive(host: &impl QueueHost, url: &str, count: i32, visibility: i32) -> Vec<Message> {
    let receive = host.client().receive_message().queue_url(url).max_number_of_messages(count);
    let received = receive
        .visibility_timeout(visibility)
        .wait_time_seconds(POLL_SECONDS)
        .message_system_attribute_names(MessageSystemAttributeName::All)
        .send()
        .await;
    received.expect("a receive is answered").messages.unwrap_or_default()
}

/// Receives the one message that must be there.
async fn receive_one(host: &impl QueueHost, url: &str, visibility: i32) -> Message {
    for _ in 0..RECEIVES_MAX {
        if let Some(message) = receive(host, url, 1, visibility).await.pop() {
            return message;
        }
    }
    panic!("nothing came of {url}");
}

async fn assert_nothing_is_seen(host: &impl QueueHost, url: &str) {
    let seen = receive(host, url, 10, LONG_SECONDS).await;
    assert!(seen.is_empty(), "{seen:?}");
}

async fn delete(host: &impl QueueHost, url: &str, handle: &str) {
    let delete = host.client().delete_message().queue_url(url).receipt_handle(handle);
    delete.send().await.expect("a delete is accepted");
}

async fn hide(host: &impl QueueHost, url: &str, handle: &str, seconds: i32) {
    let change = host.client().change_message_visibility().queue_url(url).receipt_handle(handle);
    change.visibility_timeout(seconds).send().await.expect("it is in flight");
}

fn handle(message: &Message) -> &str {
    message.receipt_handle().expect("every received message has a handle")
}

fn attribute(message: &Message, name: &MessageSystemAttributeName) -> String {
    let attributes = message.attributes().expect("they were asked for");
    attributes.get(name).unwrap_or_else(|| panic!("{name} is missing in {attributes:?}")).clone()
}

fn receive_count(message: &Message) -> u32 {
    let count = attribute(message, &MessageSystemAttributeName::ApproximateReceiveCount);
    count.parse().expect("a number")
}

fn entry(id: &str, body: &str) -> SendMessageBatchRequestEntry {
    let entry = SendMessageBatchRequestEntry::builder().id(id).message_body(body);
    entry.build().expect("an entry has an id and a body")
}

/// Sends so many messages of a group, ten at a time.
async fn send_group(host: &impl QueueHost, url: &str, group: &str, count: usize) {
    let ids: Vec<_> = (0..count).map(|number| format!("{group}-{number}")).collect();
    for ten in ids.chunks(10) {
        let entries = ten.iter().map(|id| {
            let entry = SendMessageBatchRequestEntry::builder().id(id).message_body(id);
            entry.message_group_id(group).build().expect("an entry has an id and a body")
        });
        let batch = host.client().send_message_batch().queue_url(url);
        let sent = batch.set_entries(Some(entries.collect())).send().await;
        assert!(sent.expect("the batch is taken").failed.is_empty());
    }
}

/// A received and deleted message does not come back.
pub async fn a_message_is_delivered_once_and_gone_when_deleted(host: &impl QueueHost) {
    let url = host.create("once", &[]).await;
    send(host, &url, "hello").await;
    let message = receive_one(host, &url, 2).await;
    assert_eq!(message.body(), Some("hello"));
    assert_eq!(receive_count(&message), 1);
    delete(host, &url, handle(&message)).await;
    host.wait(3).await;
    assert_nothing_is_seen(host, &url).await;
}

/// A received message is hidden; then it is visible again, with a higher count.
pub async fn a_received_message_is_hidden_for_its_visibility_and_comes_back_with_a_higher_count(
    host: &impl QueueHost,
) {
    let url = host.create("hidden", &[(QueueAttributeName::VisibilityTimeout, "3".into())]).await;
    send(host, &url, "hello").await;
    let first = receive_one(host, &url, 3).await;
    assert_nothing_is_seen(host, &url).await;
    host.wait(3).await;
    let second = receive_one(host, &url, LONG_SECONDS).await;
    assert_eq!(first.message_id(), second.message_id());
    assert_ne!(first.receipt_handle(), second.receipt_handle());
    assert!(receive_count(&second) > receive_count(&first));
}

/// A visibility of 0 gives a message back.
pub async fn visibility_can_be_ended_early(host: &impl QueueHost) {
    let url = host.create("given-back", &[]).await;
    send(host, &url, "hello").await;
    let message = receive_one(host, &url, LONG_SECONDS).await;
    hide(host, &url, handle(&message), 0).await;
    let again = receive_one(host, &url, LONG_SECONDS).await;
    assert_eq!(again.message_id(), message.message_id());
}

/// A message that takes longer is hidden for longer, counted from the change.
pub async fn visibility_can_be_prolonged(host: &impl QueueHost) {
    let url = host.create("prolonged", &[]).await;
    send(host, &url, "hello").await;
    let message = receive_one(host, &url, 3).await;
    hide(host, &url, handle(&message), LONG_SECONDS).await;
    host.wait(4).await;
    assert_nothing_is_seen(host, &url).await;
}

/// AWS documents `MessageNotInflight` and answers `InvalidParameterValue`.
pub async fn a_deleted_message_cannot_be_hidden(host: &impl QueueHost) {
    let url = host.create("deleted", &[]).await;
    send(host, &url, "hello").await;
    let message = receive_one(host, &url, LONG_SECONDS).await;
    delete(host, &url, handle(&message)).await;
    let change = host.client().change_message_visibility().queue_url(&url);
    let change = change.receipt_handle(handle(&message)).visibility_timeout(1).send().await;
    let error = change.expect_err("it is gone");
    let known = ["InvalidParameterValue", "AWS.SimpleQueueService.MessageNotInflight"];
    assert!(error.code().is_some_and(|code| known.contains(&code)), "{error:?}");
}

/// `DelaySeconds` of one message.
pub async fn a_delayed_message_is_not_seen_before_its_time(host: &impl QueueHost) {
    let url = host.create("delayed", &[]).await;
    let sent = host.client().send_message().queue_url(&url).message_body("hello").delay_seconds(4);
    sent.send().await.expect("the message is taken");
    assert_nothing_is_seen(host, &url).await;
    host.wait(4).await;
    assert_eq!(receive_one(host, &url, LONG_SECONDS).await.body(), Some("hello"));
}

/// 900 s is the most.
pub async fn a_delay_of_over_a_quarter_of_an_hour_is_refused(host: &impl QueueHost) {
    let url = host.create("late", &[]).await;
    let sent = host.client().send_message().queue_url(&url).message_body("hello");
    let error = sent.delay_seconds(901).send().await.expect_err("too long");
    assert_eq!(error.code(), Some("InvalidParameterValue"), "{error:?}");
}

/// With a `maxReceiveCount` of 1, the second receive does not see it.
pub async fn a_message_received_too_often_goes_to_the_dead_letter_queue(host: &impl QueueHost) {
    let dead = host.create("dead", &[]).await;
    let describe = host.client().get_queue_attributes().queue_url(&dead);
    let attributes = describe.attribute_names(QueueAttributeName::QueueArn).send().await;
    let attributes = attributes.expect("it is there").attributes.expect("one was asked for");
    let arn = &attributes[&QueueAttributeName::QueueArn];
    let policy = format!(r#"{{"deadLetterTargetArn":"{arn}","maxReceiveCount":1}}"#);
    let url = host.create("failing", &[(QueueAttributeName::RedrivePolicy, policy)]).await;
    send(host, &url, "hello").await;
    let message = receive_one(host, &url, 1).await;
    host.wait(2).await;
    assert_nothing_is_seen(host, &url).await;
    let letter = receive_one(host, &dead, LONG_SECONDS).await;
    assert_eq!(letter.body(), Some("hello"));
    assert_eq!(letter.message_id(), message.message_id());
    assert!(receive_count(&letter) > receive_count(&message), "the count goes on");
}

/// What the older handle does is not promised ("the request will succeed, but the message might not
/// be deleted"); that it is no error, is.
pub async fn an_old_receipt_handle_is_accepted_and_the_newest_one_deletes(host: &impl QueueHost) {
    let url = host.create("handles", &[]).await;
    send(host, &url, "hello").await;
    let first = receive_one(host, &url, 1).await;
    host.wait(2).await;
    let second = receive_one(host, &url, 2).await;
    delete(host, &url, handle(&first)).await;
    delete(host, &url, handle(&second)).await;
    host.wait(3).await;
    assert_nothing_is_seen(host, &url).await;
}

/// On a standard queue a handle outlives its visibility.
pub async fn a_receipt_handle_deletes_after_its_visibility_ended_if_no_other_receive_came(
    host: &impl QueueHost,
) {
    let url = host.create("slow", &[]).await;
    send(host, &url, "hello").await;
    let message = receive_one(host, &url, 1).await;
    host.wait(2).await;
    delete(host, &url, handle(&message)).await;
    assert_nothing_is_seen(host, &url).await;
}

/// A delete can be repeated.
pub async fn deleting_twice_is_no_error(host: &impl QueueHost) {
    let url = host.create("deleted-twice", &[]).await;
    send(host, &url, "hello").await;
    let message = receive_one(host, &url, LONG_SECONDS).await;
    delete(host, &url, handle(&message)).await;
    delete(host, &url, handle(&message)).await;
}

/// It is the one thing that a delete minds.
pub async fn a_text_that_is_no_receipt_handle_is_refused(host: &impl QueueHost) {
    let url = host.create("garbage", &[]).await;
    let delete = host.client().delete_message().queue_url(&url).receipt_handle("garbage");
    let error = delete.send().await.expect_err("it is no handle").into_service_error();
    assert!(error.is_receipt_handle_is_invalid(), "{error:?}");
}

/// The rest of a batch is taken when an entry is refused.
pub async fn a_batch_reports_each_entry(host: &impl QueueHost) {
    let url = host.create("batch", &[]).await;
    let late = SendMessageBatchRequestEntry::builder().id("late").message_body("late");
    let late = late.delay_seconds(901).build().expect("an entry has an id and a body");
    let batch = host.client().send_message_batch().queue_url(&url);
    let batch = batch.entries(entry("one", "1")).entries(late).entries(entry("two", "2"));
    let sent = batch.send().await.expect("the batch is taken");
    let ids: BTreeSet<_> = sent.successful().iter().map(|entry| entry.id()).collect();
    assert_eq!(ids, BTreeSet::from(["one", "two"]));
    let [failed] = sent.failed() else { panic!("{:?}", sent.failed()) };
    assert_eq!((failed.id(), failed.code()), ("late", "InvalidParameterValue"));
    assert!(failed.sender_fault());
    let mut bodies = BTreeSet::new();
    for _ in 0..RECEIVES_MAX {
        let received = receive(host, &url, 10, LONG_SECONDS).await;
        bodies.extend(received.into_iter().filter_map(|message| message.body));
        if bodies.len() == 2 {
            break;
        }
    }
    assert_eq!(bodies, BTreeSet::from(["1".to_owned(), "2".to_owned()]));
}

/// So does a batch of deletes.
pub async fn a_batch_of_deletes_reports_each_entry(host: &impl QueueHost) {
    let url = host.create("delete-batch", &[]).await;
    send(host, &url, "hello").await;
    let message = receive_one(host, &url, 2).await;
    let entry = |id: &str, handle: &str| {
        let entry = DeleteMessageBatchRequestEntry::builder().id(id).receipt_handle(handle);
        entry.build().expect("an entry has an id and a handle")
    };
    let batch = host.client().delete_message_batch().queue_url(&url);
    let batch = batch.entries(entry("good", handle(&message))).entries(entry("bad", "garbage"));
    let deleted = batch.send().await.expect("the batch is taken");
    assert_eq!(deleted.successful().len(), 1, "{deleted:?}");
    assert_eq!(deleted.successful()[0].id(), "good");
    assert_eq!(deleted.failed().len(), 1, "{deleted:?}");
    let failed = &deleted.failed()[0];
    assert_eq!((failed.id(), failed.code()), ("bad", "ReceiptHandleIsInvalid"));
    host.wait(3).await;
    assert_nothing_is_seen(host, &url).await;
}

/// Ten is the most.
pub async fn a_batch_of_eleven_is_refused(host: &impl QueueHost) {
    let url = host.create("eleven", &[]).await;
    let entries = (0..11).map(|number| entry(&number.to_string(), "hello")).collect();
    let batch = host.client().send_message_batch().queue_url(&url).set_entries(Some(entries));
    let error = batch.send().await.expect_err("too many").into_service_error();
    assert!(error.is_too_many_entries_in_batch_request(), "{error:?}");
    assert_nothing_is_seen(host, &url).await;
}

/// A batch holds something.
pub async fn an_empty_batch_is_refused(host: &impl QueueHost) {
    let url = host.create("empty", &[]).await;
    let batch = host.client().send_message_batch().queue_url(&url).set_entries(Some(Vec::new()));
    let error = batch.send().await.expect_err("nothing in it").into_service_error();
    assert!(error.is_empty_batch_request(), "{error:?}");
}

/// The whole batch is refused when two entries have one id.
pub async fn ids_in_a_batch_are_distinct(host: &impl QueueHost) {
    let url = host.create("ids", &[]).await;
    let batch = host.client().send_message_batch().queue_url(&url);
    let batch = batch.entries(entry("same", "1")).entries(entry("same", "2"));
    let error = batch.send().await.expect_err("the same id twice").into_service_error();
    assert!(error.is_batch_entry_ids_not_distinct(), "{error:?}");
    assert_nothing_is_seen(host, &url).await;
}

/// 1 MiB is the most, since August 2025.
pub async fn a_message_of_over_a_mebibyte_is_refused(host: &impl QueueHost) {
    let url = host.create("large", &[]).await;
    let body = "x".repeat(1_048_577);
    let sent = host.client().send_message().queue_url(&url).message_body(body).send().await;
    let error = sent.expect_err("too large");
    assert_eq!(error.code(), Some("InvalidParameterValue"), "{error:?}");
}

/// As it is sent and as it is received.
pub async fn what_was_sent_is_confirmed_by_its_md5(host: &impl QueueHost) {
    const OF_HELLO: Option<&str> = Some("5d41402abc4b2a76b9719d911017c592");
    let url = host.create("md5", &[]).await;
    let sent = host.client().send_message().queue_url(&url).message_body("hello").send().await;
    let sent = sent.expect("the message is taken");
    assert_eq!(sent.md5_of_message_body(), OF_HELLO);
    let message = receive_one(host, &url, LONG_SECONDS).await;
    assert_eq!(message.md5_of_body(), OF_HELLO);
    assert_eq!(message.message_id(), sent.message_id());
}

/// The system attributes that we read.
pub async fn a_message_says_when_it_was_sent_and_to_which_group(host: &impl QueueHost) {
    let url = host.create("attributes", &[]).await;
    send_group(host, &url, "acc_1", 1).await;
    let message = receive_one(host, &url, LONG_SECONDS).await;
    assert_eq!(attribute(&message, &MessageSystemAttributeName::MessageGroupId), "acc_1");
    let at = |name| attribute(&message, &name).parse::<i64>().expect("milliseconds");
    let sent_at = at(MessageSystemAttributeName::SentTimestamp);
    let received_at = at(MessageSystemAttributeName::ApproximateFirstReceiveTimestamp);
    assert!(sent_at > 1_700_000_000_000, "{sent_at}");
    assert!(received_at >= sent_at, "{received_at} {sent_at}");
}

/// With over 30 in flight a group is noisy on AWS too: another's message overtakes its backlog.
pub async fn a_group_that_holds_many_in_flight_lets_others_go_first(host: &impl QueueHost) {
    let url = host.create("fair", &[]).await;
    send_group(host, &url, "loud", 100).await;
    let mut in_flight = 0;
    for _ in 0..RECEIVES_MAX {
        in_flight += receive(host, &url, 10, LONG_SECONDS).await.len();
        if in_flight >= 40 {
            break;
        }
    }
    assert!(in_flight >= 40, "{in_flight}");
    send_group(host, &url, "quiet", 1).await;
    host.wait(2).await;
    let mut overtaken = Vec::new();
    for _ in 0..3 {
        let received = receive(host, &url, 10, LONG_SECONDS).await;
        overtaken.extend(received.into_iter().filter_map(|message| message.body));
    }
    assert!(overtaken.iter().any(|body| body == "quiet-0"), "{overtaken:?}");
}

/// What it was made with, and its name.
pub async fn a_queue_knows_its_attributes(host: &impl QueueHost) {
    let visibility = (QueueAttributeName::VisibilityTimeout, "77".to_owned());
    let retention = (QueueAttributeName::MessageRetentionPeriod, "1209600".to_owned());
    let url = host.create("described", &[visibility, retention]).await;
    let describe = host.client().get_queue_attributes().queue_url(&url);
    let attributes = describe.attribute_names(QueueAttributeName::All).send().await;
    let attributes = attributes.expect("it is there").attributes.expect("all were asked for");
    assert_eq!(attributes[&QueueAttributeName::VisibilityTimeout], "77");
    assert_eq!(attributes[&QueueAttributeName::MessageRetentionPeriod], "1209600");
    assert_eq!(attributes[&QueueAttributeName::DelaySeconds], "0");
    let name = url.rsplit('/').next().expect("a URL");
    assert!(attributes[&QueueAttributeName::QueueArn].ends_with(name), "{attributes:?}");
}

/// In the end; AWS counts approximately.
pub async fn what_waits_is_counted(host: &impl QueueHost) {
    let url = host.create("counted", &[]).await;
    send(host, &url, "received").await;
    receive_one(host, &url, LONG_SECONDS * 2).await;
    send_group(host, &url, "waiting", 2).await;
    let sent = host.client().send_message().queue_url(&url).message_body("delayed");
    sent.delay_seconds(240).send().await.expect("the message is taken");
    let names = [
        QueueAttributeName::ApproximateNumberOfMessages,
        QueueAttributeName::ApproximateNumberOfMessagesNotVisible,
        QueueAttributeName::ApproximateNumberOfMessagesDelayed,
    ];
    let mut counts = Vec::new();
    for _ in 0..COUNT_SECONDS {
        let describe = host.client().get_queue_attributes().queue_url(&url);
        let described = describe.set_attribute_names(Some(names.to_vec())).send().await;
        let attributes = described.expect("it is there").attributes.expect("three");
        counts = names.iter().map(|name| attributes[name].clone()).collect();
        if counts == ["2", "1", "1"] {
            return;
        }
        host.wait(1).await;
    }
    panic!("still {counts:?} visible, in flight and delayed");
}

/// `GetQueueUrl`.
pub async fn a_queue_is_found_by_its_name(host: &impl QueueHost) {
    let url = host.create("found", &[]).await;
    let name = url.rsplit('/').next().expect("a URL");
    let found = host.client().get_queue_url().queue_name(name).send().await;
    assert_eq!(found.expect("it is there").queue_url(), Some(url.as_str()));
}

/// The SDK knows the error, so a caller can tell it from one that passes.
pub async fn a_queue_that_does_not_exist_is_named_in_the_error(host: &impl QueueHost) {
    let url = format!("{}-elsewhere", host.create("here", &[]).await);
    let sent = host.client().send_message().queue_url(url).message_body("hello").send().await;
    let error = sent.expect_err("there is none").into_service_error();
    assert!(error.is_queue_does_not_exist(), "{error:?}");
}
