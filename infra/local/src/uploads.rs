//! Uploads of customers: the bucket stores the file, and reports it to the queue of uploads.

use std::collections::BTreeMap;

use domain::kernel::Error;
use queue::Lane;
use serde_json::json;

use crate::names::BUCKET;
use crate::{Bundle, GatewayResponse};

/// Start of the keys that the bucket reports, as in the template.
const REPORTED: [&str; 2] = ["evidence/", "kyc/"];

impl Bundle {
    /// Uploads a file by a link with these headers, as a customer does.
    pub async fn upload(
        &self,
        url: &str,
        headers: &[(String, String)],
        body: &[u8],
    ) -> GatewayResponse {
        let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
        let (host, target) = rest.split_once('/').unwrap_or((rest, ""));
        let headers = headers.iter().map(|(name, value)| (name.to_lowercase(), value.clone()));
        self.receive_upload(host, &format!("/{target}"), &headers.collect(), body.to_vec()).await
    }

    /// Answers a request that uploads a file, and reports the file if it was stored.
    pub async fn receive_upload(
        &self,
        host: &str,
        target: &str,
        headers: &BTreeMap<String, String>,
        body: Vec<u8>,
    ) -> GatewayResponse {
        let response = self.files().upload(host, target, headers, body).await;
        let path = target.split('?').next().unwrap_or_default();
        let key = path.strip_prefix('/').and_then(|path| path.strip_prefix(BUCKET));
        let key = key.and_then(|path| path.strip_prefix('/')).unwrap_or_default();
        if response.status == 200 && REPORTED.iter().any(|start| key.starts_with(start)) {
            // As on AWS, the answer does not depend on the queue, which has its own retries.
            let _ = self.report_upload(key).await;
        }
        response
    }

    /// Sends the message of the bucket about an uploaded file. S3 can send it more than once.
    pub async fn report_upload(&self, key: &str) -> Result<(), Error> {
        let record = json!({
            "eventVersion": "2.1",
            "eventSource": "aws:s3",
            "eventName": "ObjectCreated:Put",
            "s3": { "bucket": { "name": BUCKET }, "object": { "key": key } },
        });
        let body = json!({ "Records": [record] }).to_string();
        let url = self.worker().lanes.url(Lane::Uploads);
        let request = self.queue_client().send_message().queue_url(url).message_body(body);
        request.send().await.map(drop).map_err(Error::unavailable)
    }
}
