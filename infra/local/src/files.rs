//! The bucket of the bundle: S3 in this process.
//!
//! The server is `s3s` over files (`s3s-fs`), which we did not write; the SDK talks to it as it does to
//! AWS, signed and in XML. What it does differently from AWS, and would hide a mistake of ours, is put
//! right in `store.rs`. Links are checked in `signed.rs`, because `s3s` asks the machine what time it
//! is, and here the time is the bundle's.
//!
//! Deliberately absent: versions, lifecycle rules, encryption.

mod signed;
mod store;

use std::collections::BTreeSet;
use std::fmt;
use std::fs;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::http::StatusCode;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::byte_stream::ByteStream;
use axum::http;
use runtime::Clock;
use s3s::auth::SimpleAuth;
use s3s::host::SingleDomain;
use s3s::service::{S3Service, S3ServiceBuilder};
use stack::{Right, asked_of_files};

use self::store::FileStore;
use crate::GatewayAnswer;
use crate::error::BoxError;
use crate::roles::Roles;

/// The bucket.
pub(crate) const BUCKET: &str = "trilho-files";
/// What every request of the bundle is signed with, and the name of whoever is no function.
pub(crate) const CREDENTIAL: &str = "local";
/// Where the SDK believes S3 to be.
const DOMAIN: &str = "s3.sa-east-1.amazonaws.com";

/// The files of a bundle. Cheap to clone.
#[derive(Clone)]
pub struct LocalFiles(Arc<FilesState>);

struct FilesState {
    clock: Arc<dyn Clock>,
    roles: Roles,
    root: Root,
    server: OnceLock<Server>,
}

enum Root {
    Kept(PathBuf),
    /// Made when something is first asked of it, which most tests never do; gone with the bundle.
    Passing(PathBuf),
}

struct Server {
    /// For the SDK.
    signed: S3Service,
    /// For links that were checked.
    open: S3Service,
    store: FileStore,
}

/// What the SDK asks of the bucket.
pub(crate) struct SdkRequest {
    /// `UploadPart`, as AWS names it.
    pub(crate) operation: &'static str,
    /// What is kept of it for a test to read: everything but the body.
    pub(crate) line: String,
    key: String,
}

impl LocalFiles {
    /// Under this path, or in a folder that goes with the bundle.
    pub(crate) fn open(
        path: Option<PathBuf>,
        clock: Arc<dyn Clock>,
        roles: Roles,
    ) -> Result<Self, BoxError> {
        static BUNDLES: AtomicU64 = AtomicU64::new(0);
        let kept = path.is_some();
        let root = path.map_or_else(
            || {
                let number = BUNDLES.fetch_add(1, Ordering::Relaxed);
                let name = format!("trilho-files-{}-{number}", std::process::id());
                Root::Passing(std::env::temp_dir().join(name))
            },
            Root::Kept,
        );
        let files = Self(Arc::new(FilesState { clock, roles, root, server: OnceLock::new() }));
        if kept {
            let server = files.0.root.serve()?;
            files.0.server.get_or_init(|| server);
        }
        Ok(files)
    }

    fn server(&self) -> &Server {
        let started = || self.0.root.serve().expect("a folder for files can be made");
        self.0.server.get_or_init(started)
    }

    /// Takes parts of any size from now on, so that a test needs no file of many megabytes.
    pub(crate) fn take_small_parts(&self) {
        self.server().store.take_small_parts();
    }

    /// The bytes of a stored file.
    pub fn read(&self, key: &str) -> Option<Vec<u8>> {
        fs::read(self.0.root.path().join(BUCKET).join(key)).ok()
    }

    /// How many uploads were begun and not completed.
    pub fn unfinished(&self) -> usize {
        let entries = fs::read_dir(self.0.root.path()).into_iter().flatten().flatten();
        let names = entries.map(|entry| entry.file_name().to_string_lossy().into_owned());
        names.filter(|name| name.starts_with(".upload-") && name.ends_with(".json")).count()
    }

    /// What the running function has no right to, of what the SDK asks.
    pub(crate) fn refuses(&self, asked: &SdkRequest) -> Option<String> {
        match asked.right() {
            Ok(right) => self.0.roles.refuses_any(BTreeSet::from([right])),
            Err(why) => Some(why),
        }
    }

    /// Answers a request of the SDK.
    pub(crate) async fn answer(
        &self,
        request: HttpRequest,
    ) -> Result<HttpResponse, ConnectorError> {
        let other = |cause: BoxError| ConnectorError::other(cause, None);
        let mut request = request.try_into_http1x().map_err(|cause| other(cause.into()))?;
        if let Some(host) = request.uri().host() {
            let host = host.parse().map_err(|_| other("a host is no header".into()))?;
            request.headers_mut().insert(http::header::HOST, host);
        }
        // What has arrived is done, whatever becomes of whoever asked.
        let server = self.server().signed.clone();
        let answering =
            tokio::spawn(async move { server.call(request.map(s3s::Body::http_body)).await });
        let answer = answering.await.map_err(|cause| other(cause.into()))?;
        let answer = answer.map_err(|cause| other(cause.into()))?.map(SdkBody::from_body_1_x);
        answer
            .try_into()
            .map_err(|cause: aws_smithy_runtime_api::http::HttpError| other(cause.into()))
    }

    /// Whether this path is one of the bucket's files.
    pub fn serves(path: &str) -> bool {
        path.strip_prefix('/')
            .and_then(|path| path.strip_prefix(BUCKET))
            .is_some_and(|rest| rest.starts_with('/'))
    }

    /// Answers whoever follows a link: `target` is path and query as they were sent, `range` the header
    /// of that name. The link must not have ended, at the time of the bundle, and who signed it must
    /// have the right to read the file.
    pub async fn follow(
        &self,
        method: &str,
        host: &str,
        target: &str,
        range: Option<&str>,
    ) -> GatewayAnswer {
        let now = self.0.clock.now();
        let signer = match signed::check(method, host, target, CREDENTIAL, now) {
            Ok(signer) => signer,
            Err(refusal) => return refusal.answer(),
        };
        let asked = SdkRequest::at(method, target.split('?').next().unwrap_or_default(), "");
        let right =
            asked.ok_or_else(|| "no such request".to_owned()).and_then(|asked| asked.right());
        let refused = right.map_or_else(Some, |right| {
            (signer != CREDENTIAL).then(|| self.0.roles.refuses_to(&signer, right)).flatten()
        });
        if let Some(why) = refused {
            return signed::S3Error::new("AccessDenied", why).answer();
        }
        self.fetch(method, &signed::plain(target), range).await.unwrap_or_else(|cause| {
            signed::S3Error::new("InternalError", cause.to_string()).answer()
        })
    }

    async fn fetch(
        &self,
        method: &str,
        target: &str,
        range: Option<&str>,
    ) -> Result<GatewayAnswer, BoxError> {
        let mut request = http::Request::builder().method(method).uri(target);
        if let Some(range) = range {
            request = request.header(http::header::RANGE, range);
        }
        let answer = self.server().open.call(request.body(s3s::Body::empty())?).await?;
        let (parts, body) = answer.into_parts();
        let text =
            |value: &http::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
        let headers = parts.headers.iter();
        let headers = headers.map(|(name, value)| (name.as_str().to_owned(), text(value)));
        let body = ByteStream::new(SdkBody::from_body_1_x(body)).collect().await?.to_vec();
        Ok(GatewayAnswer { status: parts.status.as_u16(), headers: headers.collect(), body })
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

    fn serve(&self) -> Result<Server, BoxError> {
        fs::create_dir_all(self.path().join(BUCKET))?;
        let store = FileStore::open(self.path())?;
        let mut signed = S3ServiceBuilder::new(store.clone());
        signed.set_auth(SimpleAuth::from_single(CREDENTIAL, CREDENTIAL));
        signed.set_host(SingleDomain::new(DOMAIN)?);
        let open = S3ServiceBuilder::new(store.clone()).build();
        Ok(Server { signed: signed.build(), open, store })
    }
}

impl Drop for FilesState {
    fn drop(&mut self) {
        if let (Root::Passing(path), Some(_)) = (&self.root, self.server.get()) {
            // Nobody can be told, and the next start of the machine takes it away.
            let _ = fs::remove_dir_all(path);
        }
    }
}

impl SdkRequest {
    /// What this request asks, if it is one to S3.
    pub(crate) fn of(request: &HttpRequest) -> Option<Self> {
        let target = request.uri().strip_prefix("https://")?.strip_prefix(BUCKET)?;
        let target = target.strip_prefix('.')?.strip_prefix(DOMAIN)?;
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        Self::at(request.method(), &format!("/{BUCKET}{path}"), query)
    }

    /// The operations of S3 are told apart by method and query.
    fn at(method: &str, path: &str, query: &str) -> Option<Self> {
        let has = |name| query.split('&').any(|pair| pair.split('=').next() == Some(name));
        let operation = match method {
            "POST" if has("uploads") => "CreateMultipartUpload",
            "PUT" if has("uploadId") => "UploadPart",
            "POST" if has("uploadId") => "CompleteMultipartUpload",
            "HEAD" => "HeadObject",
            "GET" => "GetObject",
            _ => "another",
        };
        let key = path.strip_prefix('/')?.strip_prefix(BUCKET)?.strip_prefix('/')?.to_owned();
        Some(Self { operation, line: format!("{method} {key}?{query}"), key })
    }

    fn right(&self) -> Result<Right, String> {
        asked_of_files(self.operation, &self.key).map_err(|unknown| unknown.to_string())
    }

    /// A no of S3, in its form.
    pub(crate) fn refused(code: &str, why: &str) -> HttpResponse {
        let refusal = signed::S3Error::new(code, why.to_owned());
        let status = StatusCode::try_from(refusal.status()).expect("a status");
        HttpResponse::new(status, SdkBody::from(refusal.text()))
    }
}

#[cfg(test)]
mod tests;
