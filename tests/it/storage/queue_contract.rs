//! The local queues answer to the contract of SQS, on a clock that stands still, and meet faults.

use aws_sdk_sqs::Client;
use aws_sdk_sqs::types::QueueAttributeName;
use jiff::SignedDuration;
use local::Fault;
use tests::World;
use tests::queue_contract::QueueHost;

struct LocalQueueHost {
    world: World,
    client: Client,
}

impl LocalQueueHost {
    async fn new() -> Self {
        let world = World::new().await;
        let client = world.bundle.queue_client();
        Self { world, client }
    }
}

impl QueueHost for LocalQueueHost {
    fn client(&self) -> &Client {
        &self.client
    }

    async fn create(&self, name: &str, attributes: &[(QueueAttributeName, String)]) -> String {
        let create = self.client.create_queue().queue_name(name);
        let create = create.set_attributes(Some(attributes.iter().cloned().collect()));
        create.send().await.expect("a queue is made").queue_url.expect("it has a URL")
    }

    async fn wait(&self, seconds: u64) {
        let seconds = i64::try_from(seconds).expect("a short wait");
        self.world.bundle.clock().advance(SignedDuration::from_secs(seconds));
    }
}

tests::queue_contract!(LocalQueueHost::new());

async fn waiting(host: &LocalQueueHost, url: &str) -> usize {
    let received = host.client.receive_message().queue_url(url).max_number_of_messages(10);
    received.send().await.expect("a receive is answered").messages.unwrap_or_default().len()
}

#[tokio::test]
async fn a_message_is_sent_again_when_the_connection_fails() {
    let host = LocalQueueHost::new().await;
    let url = host.create("lane", &[]).await;
    host.world.bundle.faults().next("SendMessage", Fault::BeforeSend);
    let sent = host.client.send_message().queue_url(&url).message_body("hello").send().await;
    sent.expect("the SDK tries again");
    assert_eq!(waiting(&host, &url).await, 1);
}

#[tokio::test]
async fn a_message_whose_answer_was_lost_is_there_twice() {
    let host = LocalQueueHost::new().await;
    let url = host.create("lane", &[]).await;
    host.world.bundle.faults().next("SendMessage", Fault::AfterCommit);
    let sent = host.client.send_message().queue_url(&url).message_body("hello").send().await;
    sent.expect("the SDK tries again");
    assert_eq!(waiting(&host, &url).await, 2);
}

#[tokio::test]
async fn another_sandbox_has_the_same_queues() {
    let host = LocalQueueHost::new().await;
    let url = host.create("lane", &[]).await;
    let second = host.world.second_instance(|_| {});
    let sent = second.bundle.queue_client().send_message().queue_url(&url).message_body("hello");
    sent.send().await.expect("the message is taken");
    assert_eq!(waiting(&host, &url).await, 1);
    assert!(host.world.bundle.queues().next_visible_at(&url).is_some());
}
