//! The server alone: it must read links as `s3s` does.

use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_types::SdkConfig;
use aws_types::region::Region;
use domain::kernel::{AccountId, DisputeId, EvidenceId, ExportId, Id, Moment};
use files::{FileKey, Links, UploadTerms};
use runtime::{SystemClock, SystemEntropy};

use super::*;
use crate::LocalClock;
use crate::roles::{Signer, acting};

fn settings(files: &LocalFiles) -> SdkConfig {
    let signer = SharedCredentialsProvider::new(Signer(files.link_secret().clone()));
    SdkConfig::builder().credentials_provider(signer).region(Region::new("sa-east-1")).build()
}

/// Uses the machine's clock, because `s3s` has no other.
#[tokio::test]
async fn the_server_accepts_a_link() {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let moment = Moment::new(clock.now(), Arc::new(SystemEntropy));
    let files = LocalFiles::open(None, clock, Roles::default()).unwrap();
    let key = FileKey::statement(AccountId::mint(&moment), ExportId::mint(&moment), "csv");
    let path = files.0.root.path().join(BUCKET).join(key.as_str());
    files.server();
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, "a;b\n").unwrap();
    let link = Links::new(&settings(&files), BUCKET);
    let link = link.link(&key, "extrato 11.csv", "text/csv", moment.now).await.unwrap();
    let url = link.url.expose();

    let fetch = |url: &str| {
        let (host, target) = url.strip_prefix("https://").unwrap().split_once('/').unwrap();
        let request = http::Request::get(format!("/{target}")).header("host", host);
        files.server().signed.call(request.body(s3s::Body::empty()).unwrap())
    };
    let response = fetch(url).await.unwrap();
    assert_eq!(response.status(), 200, "{url}");
    assert_eq!(response.headers()["content-type"], "text/csv");
    let named = "attachment; filename=\"extrato_11.csv\"";
    assert_eq!(response.headers()["content-disposition"], named);
    let forged = fetch(&url.replace("text%2Fcsv", "text%2Fhtml")).await.unwrap();
    assert_eq!(forged.status(), 403);
}

/// As on AWS, a link opens only what its signer may read when the link is used.
#[tokio::test]
async fn a_link_of_a_function_without_the_right_opens_nothing() {
    let clock: Arc<dyn Clock> =
        Arc::new(LocalClock::frozen("2026-11-23T12:00:00Z".parse().unwrap()));
    let moment = Moment::new(clock.now(), Arc::new(SystemEntropy));
    let roles = Roles::default();
    let files = LocalFiles::open(None, clock, roles.clone()).unwrap();
    let key = FileKey::statement(AccountId::mint(&moment), ExportId::mint(&moment), "csv");
    let links = Links::new(&settings(&files), BUCKET);
    let link = links.link(&key, "a.csv", "text/csv", moment.now);
    let link = acting("find_me", link).await.unwrap();
    let url = link.url.expose().strip_prefix("https://").unwrap();
    let (host, target) = url.split_once('/').unwrap();
    let response = files.follow("GET", host, &format!("/{BUCKET}/{target}"), None).await;
    let text = String::from_utf8(response.body).unwrap();
    assert!(text.contains("SignatureDoesNotMatch"), "{text}");
    // With the bucket in its path, as the bundle's links have it.
    let in_path = settings(&files).to_builder().endpoint_url("http://127.0.0.1:4000").build();
    let links = Links::new(&in_path, BUCKET);
    let link = links.link(&key, "a.csv", "text/csv", moment.now);
    let link = acting("find_me", link).await.unwrap();
    let target = link.url.expose().strip_prefix("http://127.0.0.1:4000").unwrap();
    let response = files.follow("GET", "127.0.0.1:4000", target, None).await;
    let text = String::from_utf8(response.body).unwrap();
    let why = "find_me is not authorized to perform s3:GetObject on Files statements/*";
    assert!(response.status == 403 && text.contains(why), "{text}");
    let used = &roles.used()["find_me"];
    assert_eq!(used.len(), 1, "the right is recorded");
}

#[tokio::test]
async fn a_function_without_the_right_writes_nothing() {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let files = LocalFiles::open(None, clock, Roles::default()).unwrap();
    let request =
        |method, query| SdkRequest::at(method, &format!("/{BUCKET}/statements/a"), query).unwrap();
    for (method, query) in [("POST", "uploads"), ("PUT", "uploadId=1"), ("DELETE", "uploadId=1")] {
        let refused = acting("find_me", async { files.refuses(&request(method, query)) }).await;
        assert!(refused.is_some(), "{method}");
    }
    assert_eq!(
        files.refuses(&request("PUT", "uploadId=1")),
        None,
        "without a function everything is allowed"
    );
    let why = acting("find_me", async { files.refuses(&request("PUT", "acl")) }).await;
    assert_eq!(why.as_deref(), Some("no function of the bundle sends the request another"));
}

/// A program that knows the id of a file can make a link, but cannot sign it.
#[tokio::test]
async fn a_link_signed_with_a_guessed_secret_opens_nothing() {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let moment = Moment::new(clock.now(), Arc::new(SystemEntropy));
    let files = LocalFiles::open(None, Arc::clone(&clock), Roles::default()).unwrap();
    let other = LocalFiles::open(None, clock, Roles::default()).unwrap();
    assert_ne!(files.link_secret().reveal(), other.link_secret().reveal());
    assert_eq!(format!("{:?}", files.link_secret()), "LinkSecret");
    let key = FileKey::statement(AccountId::mint(&moment), ExportId::mint(&moment), "csv");
    let mut guesses = vec![settings(&other)];
    for secret in ["local", ""] {
        let credentials = Credentials::new(CREDENTIAL, secret, None, None, "guess");
        let provider = SharedCredentialsProvider::new(credentials);
        guesses.push(settings(&other).to_builder().credentials_provider(provider).build());
    }
    for guess in guesses {
        let guess = guess.to_builder().endpoint_url("http://127.0.0.1:4000").build();
        let link = Links::new(&guess, BUCKET);
        let link = link.link(&key, "a.csv", "text/csv", moment.now).await.unwrap();
        let target = link.url.expose().strip_prefix("http://127.0.0.1:4000").unwrap();
        let response = files.follow("GET", "127.0.0.1:4000", target, None).await;
        let text = String::from_utf8(response.body).unwrap();
        assert!(response.status == 403 && text.contains("SignatureDoesNotMatch"), "{text}");
    }
}

/// A link uploads the file that it was signed for. Another key, size, type or body, a header that is not signed, and a
/// link that has expired store nothing.
#[tokio::test]
async fn a_link_uploads_the_announced_file_and_no_other() {
    let clock = Arc::new(LocalClock::frozen("2026-11-23T12:00:00Z".parse().unwrap()));
    let moment = Moment::new(clock.now(), Arc::new(SystemEntropy));
    let files = LocalFiles::open(None, clock.clone(), Roles::default()).unwrap();
    let in_path = settings(&files).to_builder().endpoint_url("http://127.0.0.1:4000").build();
    let links = Links::new(&in_path, BUCKET);
    let ids = (AccountId::mint(&moment), DisputeId::mint(&moment));
    let key = FileKey::evidence(ids.0, ids.1, EvidenceId::mint(&moment));
    let body = b"%PDF-1.7 a receipt".to_vec();
    let terms = UploadTerms {
        content_type: "application/pdf",
        bytes: 18,
        sha256: <sha2::Sha256 as sha2::Digest>::digest(&body).into(),
    };
    let link = links.upload_link(&key, terms, moment.now).await.unwrap();
    let target = link.url.expose().strip_prefix("http://127.0.0.1:4000").unwrap();
    let headers: BTreeMap<_, _> =
        link.headers.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
    let changed = |name: &str, value: &str| {
        let mut headers = headers.clone();
        headers.insert(name.to_owned(), value.to_owned());
        headers
    };
    let host = "127.0.0.1:4000";
    let other_key = target.replace("/evd_", "/evx_");
    for (what, target, headers, body) in [
        ("another body", target, headers.clone(), b"%PDF-1.7 a receipt?"[1..].to_vec()),
        ("more", target, headers.clone(), [body.clone(), body.clone()].concat()),
        ("another size", target, changed("content-length", "17"), body[..17].to_vec()),
        ("another type", target, changed("content-type", "text/html"), body.clone()),
        ("an unsigned header", target, changed("x-amz-acl", "public-read"), body.clone()),
        ("another key", other_key.as_str(), headers.clone(), body.clone()),
    ] {
        let refused = files.upload(host, target, &headers, body).await;
        assert!((400..500).contains(&refused.status), "{what}: {}", refused.status);
        assert_eq!(files.read(key.as_str()), None, "{what}");
    }
    let stored = files.upload(host, target, &headers, body.clone()).await;
    assert_eq!(stored.status, 200, "{}", String::from_utf8_lossy(&stored.body));
    assert_eq!(files.read(key.as_str()), Some(body.clone()));
    clock.advance(jiff::SignedDuration::from_mins(16));
    let late = files.upload(host, target, &headers, body).await;
    assert!(String::from_utf8_lossy(&late.body).contains("Request has expired"));
}
