//! The bucket of the bundle: S3 in this process.
//!
//! The server is the crate `s3s` over files (`s3s-fs`). The SDK sends it the same requests as to
//! AWS, signed and in XML. `store.rs` corrects differences from AWS that would hide a mistake of
//! the bundle. `signed.rs` checks links, because `s3s` uses the machine's clock, and links need the
//! bundle's clock.
//!
//! Deliberately absent: versions, lifecycle rules, encryption.

mod signed;
mod store;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::fs;
use std::os::unix::fs::DirBuilderExt;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::http::StatusCode;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::byte_stream::ByteStream;
use axum::http;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use runtime::Clock;
use s3s::auth::SimpleAuth;
use s3s::host::SingleDomain;
use s3s::service::{S3Service, S3ServiceBuilder};
use sha2::{Digest, Sha256};
use stack::{Right, requested_file_right};

use self::store::FileStore;
use crate::error::BoxError;
use crate::names::{BUCKET, CREDENTIAL};
use crate::roles::Roles;
use crate::{GatewayResponse, LinkSecret};

/// Host that the SDK sends S3 requests to.
const DOMAIN: &str = "s3.sa-east-1.amazonaws.com";

/// The files of a bundle. Cheap to clone.
#[derive(Clone)]
pub struct LocalFiles(Arc<FilesState>);

/// Files that outlive the bundle.
pub struct KeptFiles {
    /// Folder of the files.
    pub folder: PathBuf,
    /// The secret that signs links, so that a link outlives the bundle too.
    pub link_secret: LinkSecret,
}

struct FilesState {
    clock: Arc<dyn Clock>,
    roles: Roles,
    link_secret: LinkSecret,
    root: Root,
    server: OnceLock<Server>,
}

enum Root {
    Kept(PathBuf),
    /// Created at the first request, which most tests never send, and deleted with the bundle.
    Passing(PathBuf),
}

struct Server {
    /// Service for the SDK, which checks signatures.
    signed: S3Service,
    /// Service for links that `signed.rs` has checked.
    open: S3Service,
    store: FileStore,
}

/// A request of the SDK to the bucket.
pub(crate) struct SdkRequest {
    /// Operation as AWS names it, for example `UploadPart`.
    pub(crate) operation: &'static str,
    /// Everything but the body, for tests to read.
    pub(crate) line: String,
    key: String,
}

impl LocalFiles {
    /// Opens these files, or a folder that is deleted with the bundle.
    pub(crate) fn open(
        files: Option<KeptFiles>,
        clock: Arc<dyn Clock>,
        roles: Roles,
    ) -> Result<Self, BoxError> {
        static BUNDLES: AtomicU64 = AtomicU64::new(0);
        let kept = files.is_some();
        let (root, link_secret) = match files {
            Some(files) => (Root::Kept(files.folder), files.link_secret),
            None => {
                let number = BUNDLES.fetch_add(1, Ordering::Relaxed);
                let name = format!("trilho-files-{}-{number}", std::process::id());
                (Root::Passing(std::env::temp_dir().join(name)), LinkSecret::random())
            }
        };
        let server = OnceLock::new();
        let files = Self(Arc::new(FilesState { clock, roles, link_secret, root, server }));
        if kept {
            let server = files.0.serve()?;
            files.0.server.get_or_init(|| server);
        }
        Ok(files)
    }

    fn server(&self) -> &Server {
        let started = || self.0.serve().expect("a folder for files can be made");
        self.0.server.get_or_init(started)
    }

    /// Returns the secret that signs links.
    pub(crate) fn link_secret(&self) -> &LinkSecret {
        &self.0.link_secret
    }

    /// Accepts parts of any size from now on, so that a test needs no file of many megabytes.
    pub(crate) fn take_small_parts(&self) {
        self.server().store.take_small_parts();
    }

    /// Returns the bytes of a stored file, or `None` if there is no such file.
    pub fn read(&self, key: &str) -> Option<Vec<u8>> {
        fs::read(self.0.root.path().join(BUCKET).join(key)).ok()
    }

    /// Returns the number of uploads that were started and not completed.
    pub fn unfinished(&self) -> usize {
        let entries = fs::read_dir(self.0.root.path()).into_iter().flatten().flatten();
        let names = entries.map(|entry| entry.file_name().to_string_lossy().into_owned());
        names.filter(|name| name.starts_with(".upload-") && name.ends_with(".json")).count()
    }

    /// Returns why the running function may not send this request, or `None` if it may.
    pub(crate) fn refuses(&self, request: &SdkRequest) -> Option<String> {
        match request.right() {
            Ok(right) => self.0.roles.refuses_any(BTreeSet::from([right])),
            Err(why) => Some(why),
        }
    }

    /// Answers a request of the SDK.
    pub(crate) async fn response(
        &self,
        request: HttpRequest,
    ) -> Result<HttpResponse, ConnectorError> {
        let other = |cause: BoxError| ConnectorError::other(cause, None);
        let mut request = request.try_into_http1x().map_err(|cause| other(cause.into()))?;
        if let Some(host) = request.uri().host() {
            let host = host.parse().map_err(|_| other("a host is no header".into()))?;
            request.headers_mut().insert(http::header::HOST, host);
        }
        // In a separate task, so that the request is carried out even if the caller is dropped.
        let server = self.server().signed.clone();
        let answering =
            tokio::spawn(async move { server.call(request.map(s3s::Body::http_body)).await });
        let response = answering.await.map_err(|cause| other(cause.into()))?;
        let response = response.map_err(|cause| other(cause.into()))?.map(SdkBody::from_body_1_x);
        response
            .try_into()
            .map_err(|cause: aws_smithy_runtime_api::http::HttpError| other(cause.into()))
    }

    /// Returns true if this path is a file of the bucket.
    pub fn serves(path: &str) -> bool {
        path.strip_prefix('/')
            .and_then(|path| path.strip_prefix(BUCKET))
            .is_some_and(|rest| rest.starts_with('/'))
    }

    /// Answers a link: `target` is path and query as sent, `range` the header of that name. The
    /// link must be valid at the time of the bundle, and its signer must have the right to read the
    /// file.
    pub async fn follow(
        &self,
        method: &str,
        host: &str,
        target: &str,
        range: Option<&str>,
    ) -> GatewayResponse {
        if let Err(refusal) = self.require_link(method, (host, &BTreeMap::new()), target) {
            return refusal.response();
        }
        let range = range.map(|range| ("range".to_owned(), range.to_owned()));
        self.call(method, target, &range.into_iter().collect(), Vec::new()).await
    }

    /// Answers a link that uploads a file. `headers` are those of the request, with names in lower case. As on AWS,
    /// the signature covers the headers that the link names, and the body must have the size and the checksum of
    /// its headers.
    pub async fn upload(
        &self,
        host: &str,
        target: &str,
        headers: &BTreeMap<String, String>,
        body: Vec<u8>,
    ) -> GatewayResponse {
        if let Err(refusal) = self.require_link("PUT", (host, headers), target) {
            return refusal.response();
        }
        let bytes = headers.get("content-length").and_then(|bytes| bytes.parse().ok());
        if bytes != Some(body.len()) {
            let why = "the body does not have the bytes that Content-Length says";
            return signed::S3Error::new("IncompleteBody", why).response();
        }
        // The stand-in checks it only once the file is in its folder.
        let checksum = STANDARD.encode(Sha256::digest(&body));
        if headers.get("x-amz-checksum-sha256").is_some_and(|expected| *expected != checksum) {
            let why = "the body does not have the SHA-256 that x-amz-checksum-sha256 says";
            return signed::S3Error::new("BadDigest", why).response();
        }
        self.call("PUT", target, headers, body).await
    }

    /// Checks that the link is valid at the time of the bundle, and that its signer has the right now.
    fn require_link(
        &self,
        method: &str,
        request: (&str, &BTreeMap<String, String>),
        target: &str,
    ) -> Result<(), signed::S3Error> {
        let now = self.0.clock.now();
        let signer = signed::check(method, request, target, self.0.link_secret.reveal(), now)?;
        let request = SdkRequest::at(method, target.split('?').next().unwrap_or_default(), "");
        let right = request.ok_or_else(|| "no such request".to_owned());
        let right = right.and_then(|request| request.right());
        let refused = right.map_or_else(Some, |right| {
            (signer != CREDENTIAL).then(|| self.0.roles.refuses_to(&signer, right)).flatten()
        });
        match refused {
            Some(why) => Err(signed::S3Error::new("AccessDenied", why)),
            None => Ok(()),
        }
    }

    async fn call(
        &self,
        method: &str,
        target: &str,
        headers: &BTreeMap<String, String>,
        body: Vec<u8>,
    ) -> GatewayResponse {
        self.fetch(method, &signed::plain(target), headers, body).await.unwrap_or_else(|cause| {
            signed::S3Error::new("InternalError", cause.to_string()).response()
        })
    }

    async fn fetch(
        &self,
        method: &str,
        target: &str,
        headers: &BTreeMap<String, String>,
        body: Vec<u8>,
    ) -> Result<GatewayResponse, BoxError> {
        let mut request = http::Request::builder().method(method).uri(target);
        for (name, value) in headers.iter().filter(|(name, _)| *name != "host") {
            request = request.header(name, value);
        }
        let request = request.body(s3s::Body::from(body))?;
        let response = self.server().open.call(request).await?;
        let (parts, body) = response.into_parts();
        let text =
            |value: &http::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
        let headers = parts.headers.iter();
        let headers = headers.map(|(name, value)| (name.as_str().to_owned(), text(value)));
        let body = ByteStream::new(SdkBody::from_body_1_x(body)).collect().await?.to_vec();
        Ok(GatewayResponse { status: parts.status.as_u16(), headers: headers.collect(), body })
    }
}

impl fmt::Debug for LocalFiles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LocalFiles").finish_non_exhaustive()
    }
}

impl Root {
    fn path(&self) -> &PathBuf {
        match self {
            Self::Kept(path) | Self::Passing(path) => path,
        }
    }
}

impl FilesState {
    fn serve(&self) -> Result<Server, BoxError> {
        let folder = self.root.path();
        // Private, because every user of the machine can read the temporary folder.
        fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
        fs::create_dir_all(folder.join(BUCKET))?;
        let store = FileStore::open(folder)?;
        let mut signed = S3ServiceBuilder::new(store.clone());
        signed.set_auth(SimpleAuth::from_single(CREDENTIAL, self.link_secret.reveal()));
        signed.set_host(SingleDomain::new(DOMAIN)?);
        let open = S3ServiceBuilder::new(store.clone()).build();
        Ok(Server { signed: signed.build(), open, store })
    }
}

impl Drop for FilesState {
    fn drop(&mut self) {
        if let (Root::Passing(path), Some(_)) = (&self.root, self.server.get()) {
            // A failure is ignored: the system deletes its temporary folder.
            let _ = fs::remove_dir_all(path);
        }
    }
}

impl SdkRequest {
    /// Reads a request, or returns `None` if it is not one to the bucket.
    pub(crate) fn of(request: &HttpRequest) -> Option<Self> {
        let target = request.uri().strip_prefix("https://")?.strip_prefix(BUCKET)?;
        let target = target.strip_prefix('.')?.strip_prefix(DOMAIN)?;
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        Self::at(request.method(), &format!("/{BUCKET}{path}"), query)
    }

    /// Reads a request by method and query, which distinguish the operations of S3.
    fn at(method: &str, path: &str, query: &str) -> Option<Self> {
        let has = |name| query.split('&').any(|pair| pair.split('=').next() == Some(name));
        let operation = match method {
            "POST" if has("uploads") => "CreateMultipartUpload",
            "PUT" if has("uploadId") => "UploadPart",
            "PUT" if query.is_empty() || query == "x-id=PutObject" => "PutObject",
            "POST" if has("uploadId") => "CompleteMultipartUpload",
            "HEAD" => "HeadObject",
            "GET" => "GetObject",
            _ => "another",
        };
        let key = path.strip_prefix('/')?.strip_prefix(BUCKET)?.strip_prefix('/')?.to_owned();
        Some(Self { operation, line: format!("{method} {key}?{query}"), key })
    }

    fn right(&self) -> Result<Right, String> {
        requested_file_right(self.operation, &self.key).map_err(|unknown| unknown.to_string())
    }

    /// Returns an error in the form of S3.
    pub(crate) fn refused(code: &str, why: &str) -> HttpResponse {
        let refusal = signed::S3Error::new(code, why.to_owned());
        let status = StatusCode::try_from(refusal.status()).expect("a status");
        HttpResponse::new(status, SdkBody::from(refusal.text()))
    }
}

#[cfg(test)]
mod tests;
