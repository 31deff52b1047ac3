//! The operations of SQS: their checks and answers.

use std::sync::Arc;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::Mailboxes;
use super::mailbox::{Mailbox, QueueMessage};
use super::refusal::{self, QueueError};
use super::requests::{
    BYTES_MAX, BatchRequest, ChangeMessageVisibility, CreateQueue, DeleteEntry, DeleteMessage,
    GetQueueAttributes, GetQueueUrl, PurgeQueue, ReceiveMessage, SendEntry, SendMessage,
    check_body, check_group, check_ids, check_name, if_provided, read,
};
use super::responses::{each, md5, parse_handle, show};
use super::settings::{
    DELAY_SECONDS_MAX, QueueSettings, VISIBILITY_SECONDS_MAX, WAIT_SECONDS_MAX, unknown,
};
use crate::names::{QUEUE_ARN, QUEUE_URL};

impl Mailboxes {
    /// Carries out one operation.
    pub(super) fn carry_out(
        &mut self,
        operation: &str,
        body: &[u8],
        now: Timestamp,
    ) -> Result<Value, QueueError> {
        match operation {
            "CreateQueue" => self.create(read(body)?),
            "GetQueueUrl" => self.find_url(&read(body)?),
            "GetQueueAttributes" => self.describe(&read(body)?, now),
            "SendMessage" => self.send(read(body)?, now),
            "SendMessageBatch" => self.send_batch(read(body)?, now),
            "ReceiveMessage" => self.receive(read(body)?, now),
            "DeleteMessage" => self.delete(&read(body)?, now),
            "DeleteMessageBatch" => self.delete_batch(&read(body)?, now),
            "ChangeMessageVisibility" => self.change_visibility(&read(body)?, now),
            "PurgeQueue" => self.purge(&read(body)?, now),
            _ => {
                let message = format!("The local queues have no {operation}.");
                Err(QueueError::new(refusal::UNSUPPORTED, message))
            }
        }
    }

    fn mailbox<'a>(&mut self, url: &'a str) -> Result<(&'a str, &mut Mailbox), QueueError> {
        let name = url.strip_prefix(QUEUE_URL).unwrap_or_default();
        self.queues.get_mut(name).map(|mailbox| (name, mailbox)).ok_or_else(no_such_queue)
    }

    /// Creates a queue. To create it again with the same attributes is no error.
    fn create(&mut self, request: CreateQueue) -> Result<Value, QueueError> {
        let name = request.queue_name;
        check_name(&name)?;
        let existing = self.queues.get(&name).map(|mailbox| &mailbox.settings);
        let mut settings = existing.cloned().unwrap_or_default();
        for (attribute, value) in &request.attributes {
            settings.set(attribute, value)?;
            if existing.is_some_and(|existing| *existing != settings) {
                let message = format!(
                    "A queue already exists with the same name and a different value for attribute \
                     {attribute}"
                );
                return Err(QueueError::new(refusal::QUEUE_NAME_EXISTS, message));
            }
        }
        self.check_target(&settings)?;
        let url = format!("{QUEUE_URL}{name}");
        self.queues.entry(name).or_insert_with(|| Mailbox::new(settings));
        Ok(json!({ "QueueUrl": url }))
    }

    fn check_target(&self, settings: &QueueSettings) -> Result<(), QueueError> {
        match &settings.redrive {
            Some(redrive) if !self.queues.contains_key(&redrive.target) => {
                let reason = "Dead letter target does not exist.";
                Err(QueueError::parameter("RedrivePolicy", &redrive.target, reason))
            }
            _ => Ok(()),
        }
    }

    fn find_url(&self, request: &GetQueueUrl) -> Result<Value, QueueError> {
        if !self.queues.contains_key(&request.queue_name) {
            return Err(no_such_queue());
        }
        Ok(json!({ "QueueUrl": format!("{QUEUE_URL}{}", request.queue_name) }))
    }

    fn describe(
        &mut self,
        request: &GetQueueAttributes,
        now: Timestamp,
    ) -> Result<Value, QueueError> {
        let (name, mailbox) = self.mailbox(&request.queue_url)?;
        let (visible, in_flight, delayed) = mailbox.counts(now);
        let mut all = mailbox.settings.named();
        all.insert("ApproximateNumberOfMessages", visible.to_string());
        all.insert("ApproximateNumberOfMessagesNotVisible", in_flight.to_string());
        all.insert("ApproximateNumberOfMessagesDelayed", delayed.to_string());
        all.insert("MaximumMessageSize", BYTES_MAX.to_string());
        all.insert("QueueArn", format!("{QUEUE_ARN}{name}"));
        if request.attribute_names.contains("All") {
            return Ok(json!({ "Attributes": all }));
        }
        // A queue without a policy has the attribute too, with an empty value.
        let exists = |name: &String| name == "RedrivePolicy" || all.contains_key(name.as_str());
        if let Some(other) = request.attribute_names.iter().find(|name| !exists(name)) {
            return Err(unknown(other));
        }
        all.retain(|name, _| request.attribute_names.contains(*name));
        Ok(json!({ "Attributes": all }))
    }

    fn send(&mut self, request: SendMessage, now: Timestamp) -> Result<Value, QueueError> {
        let entry = SendEntry {
            id: String::new(),
            message_body: request.message_body,
            delay_seconds: request.delay_seconds,
            message_group_id: request.message_group_id,
        };
        let (id, md5) = self.take(&request.queue_url, entry, now)?;
        Ok(json!({ "MessageId": id, "MD5OfMessageBody": md5 }))
    }

    fn send_batch(
        &mut self,
        request: BatchRequest<SendEntry>,
        now: Timestamp,
    ) -> Result<Value, QueueError> {
        self.mailbox(&request.queue_url)?;
        let ids: Vec<_> = request.entries.iter().map(|entry| entry.id.as_str()).collect();
        check_ids("SendMessageBatchRequestEntry", &ids)?;
        let bytes: usize = request.entries.iter().map(|entry| entry.message_body.len()).sum();
        if bytes > BYTES_MAX {
            let message = format!(
                "Batch requests cannot be longer than {BYTES_MAX} bytes. You have sent {bytes} bytes."
            );
            return Err(QueueError::new(refusal::BATCH_TOO_LONG, message));
        }
        let results = request.entries.into_iter().map(|entry| {
            let id = entry.id.clone();
            let taken = self.take(&request.queue_url, entry, now);
            let fields = taken.map(
                |(message_id, md5)| json!({ "MessageId": message_id, "MD5OfMessageBody": md5 }),
            );
            (id, fields)
        });
        Ok(each(results))
    }

    /// Adds one message and returns its id and the MD5 of its body.
    fn take(
        &mut self,
        url: &str,
        entry: SendEntry,
        now: Timestamp,
    ) -> Result<(String, String), QueueError> {
        let number = self.messages + 1;
        let (_, mailbox) = self.mailbox(url)?;
        check_body(&entry.message_body)?;
        let delay = entry.delay_seconds.unwrap_or(mailbox.settings.delay);
        if !(0..=DELAY_SECONDS_MAX).contains(&delay) {
            let reason = "DelaySeconds must be >= 0 and <= 900.";
            return Err(QueueError::parameter("DelaySeconds", delay, reason));
        }
        check_group(entry.message_group_id.as_deref())?;
        let md5 = md5(&entry.message_body);
        let id = format!("00000000-0000-4000-8000-{number:012x}");
        let message = QueueMessage {
            id: id.clone(),
            body: entry.message_body.into(),
            group: entry.message_group_id.map(Arc::from),
            sent_at: now,
            received: 0,
            first_received_at: None,
            source: None,
        };
        mailbox.put(message, delay, now);
        self.messages = number;
        self.changed = true;
        Ok((id, md5))
    }

    fn receive(&mut self, request: ReceiveMessage, now: Timestamp) -> Result<Value, QueueError> {
        let count = request.max_number_of_messages.unwrap_or(1);
        let count = usize::try_from(count).ok().filter(|count| (1..=10).contains(count));
        let count = count.ok_or_else(|| {
            let count = request.max_number_of_messages.unwrap_or_default();
            let reason = "Must be between 1 and 10, if provided.";
            QueueError::parameter("MaxNumberOfMessages", count, reason)
        })?;
        if_provided("WaitTimeSeconds", request.wait_time_seconds, WAIT_SECONDS_MAX)?;
        if_provided("VisibilityTimeout", request.visibility_timeout, VISIBILITY_SECONDS_MAX)?;
        let mut random = std::mem::take(&mut self.random);
        let received = self.mailbox(&request.queue_url).and_then(|(name, mailbox)| {
            let visibility = request.visibility_timeout.unwrap_or(mailbox.settings.visibility);
            let received = mailbox.receive(count, visibility, now, &mut random)?;
            let target = mailbox.settings.redrive.as_ref().map(|redrive| redrive.target.clone());
            Ok((name, target, received))
        });
        self.random = random;
        let (name, target, received) = received?;
        for mut message in received.dead {
            message.source = Some(format!("{QUEUE_ARN}{name}"));
            let target = target.as_ref().and_then(|target| self.queues.get_mut(target));
            // The delay of a queue applies only to messages that are sent to it.
            target.expect("it existed when the queue was created").put(message, 0, now);
            self.changed = true;
        }
        if received.delivered.is_empty() {
            return Ok(json!({}));
        }
        let mut names = request.message_system_attribute_names;
        names.extend(request.attribute_names);
        let messages = received.delivered.iter();
        let messages: Vec<_> =
            messages.map(|(message, receipt)| show(message, *receipt, name, &names)).collect();
        Ok(json!({ "Messages": messages }))
    }

    fn delete(&mut self, request: &DeleteMessage, now: Timestamp) -> Result<Value, QueueError> {
        let (name, mailbox) = self.mailbox(&request.queue_url)?;
        mailbox.delete(parse_handle(name, &request.receipt_handle)?, now);
        Ok(json!({}))
    }

    fn delete_batch(
        &mut self,
        request: &BatchRequest<DeleteEntry>,
        now: Timestamp,
    ) -> Result<Value, QueueError> {
        let (name, mailbox) = self.mailbox(&request.queue_url)?;
        let ids: Vec<_> = request.entries.iter().map(|entry| entry.id.as_str()).collect();
        check_ids("DeleteMessageBatchRequestEntry", &ids)?;
        let results = request.entries.iter().map(|entry| {
            let receipt = parse_handle(name, &entry.receipt_handle);
            let deleted = receipt.map(|receipt| mailbox.delete(receipt, now));
            (entry.id.clone(), deleted.map(|()| json!({})))
        });
        Ok(each(results))
    }

    fn change_visibility(
        &mut self,
        request: &ChangeMessageVisibility,
        now: Timestamp,
    ) -> Result<Value, QueueError> {
        let (name, mailbox) = self.mailbox(&request.queue_url)?;
        let seconds = request.visibility_timeout;
        if_provided("VisibilityTimeout", Some(seconds), VISIBILITY_SECONDS_MAX)?;
        let handle = &request.receipt_handle;
        mailbox.change_visibility(handle, parse_handle(name, handle)?, seconds, now)?;
        self.changed = true;
        Ok(json!({}))
    }

    fn purge(&mut self, request: &PurgeQueue, now: Timestamp) -> Result<Value, QueueError> {
        let (name, mailbox) = self.mailbox(&request.queue_url)?;
        mailbox.purge(name, now)?;
        Ok(json!({}))
    }
}

fn no_such_queue() -> QueueError {
    QueueError::new(refusal::QUEUE_DOES_NOT_EXIST, "The specified queue does not exist.")
}
