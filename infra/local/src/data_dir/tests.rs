//! The data directory under kills of the first start, and under a second bundle.

use std::future::poll_fn;
use std::pin::pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::Poll;

use local::{GatewayRequest, LocalClock};
use runtime::Log;

use super::*;
use crate::start;

struct NoLog;

impl Log for NoLog {
    fn line(&self, _: &Value) {}
}

/// A folder that is deleted at the end of the test.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        static FOLDERS: AtomicU64 = AtomicU64::new(0);
        let number = FOLDERS.fetch_add(1, Ordering::Relaxed);
        Self(std::env::temp_dir().join(format!("trilho-data-{}-{number}", std::process::id())))
    }

    fn open(&self, reset: bool) -> Result<DataDir, String> {
        DataDir::open(self.0.clone(), reset).map_err(|failure| failure.to_string())
    }

    fn text(&self, file: &str) -> String {
        fs::read_to_string(self.0.join(file)).expect(file)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Opens and starts as `make run` does.
async fn started(folder: &Folder) -> Result<(DataDir, Bundle, Demo), String> {
    let data = folder.open(false)?;
    let ahead = data.clock_ahead().map_err(|failure| failure.to_string())?;
    let clock = Arc::new(LocalClock::ahead(ahead));
    let outcome = start(&data, clock, Arc::new(NoLog), "http://127.0.0.1:4000").await;
    outcome.map(|(bundle, demo)| (data, bundle, demo)).map_err(|failure| failure.to_string())
}

/// Polls the work this often, and then drops it, as a kill does. Returns `None` then.
async fn killed_after<F: Future>(polls: usize, work: F) -> Option<F::Output> {
    let (mut work, mut left) = (pin!(work), polls);
    poll_fn(move |context| {
        if left == 0 {
            return Poll::Ready(None);
        }
        left -= 1;
        work.as_mut().poll(context).map(Some)
    })
    .await
}

async fn status_with(bundle: &Bundle, key: &str) -> u16 {
    let key = format!("Bearer {key}");
    status(bundle, ("GET", "/v1/me"), &[("authorization", &key)], "").await
}

async fn status(
    bundle: &Bundle,
    (method, path): (&str, &str),
    headers: &[(&str, &str)],
    body: &str,
) -> u16 {
    let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    let request = GatewayRequest {
        method: method.to_owned(),
        path: path.to_owned(),
        query: String::new(),
        headers: headers.collect(),
        body: body.as_bytes().to_vec(),
        source_ip: std::net::Ipv4Addr::LOCALHOST.into(),
        host: "127.0.0.1:4000".to_owned(),
        request_id: "test".to_owned(),
    };
    bundle.call(request).await.status
}

#[tokio::test]
async fn a_first_start_that_was_killed_at_any_moment_begins_again() {
    let folder = Folder::new();
    let mut kills = 0;
    // Each start comes one step further than the one before, which it finds half done.
    let (data, bundle, demo) = loop {
        match Box::pin(killed_after(kills, started(&folder))).await {
            None => kills += 1,
            Some(outcome) => break outcome.expect("every start begins again"),
        }
        assert!(kills < 1_000, "the start ends");
    };
    assert!(kills > 10, "{kills} kills");
    assert!(data.begins_again && !folder.0.join(FIRST_START).exists());
    assert_eq!(status_with(&bundle, &demo.api_user.api_key).await, 200);
    let key = demo.api_user.api_key;
    drop((data, bundle));

    let (data, bundle, demo) = started(&folder).await.expect("the second start");
    assert!(!data.begins_again);
    assert_eq!(demo.api_user.api_key, key, "a complete start is kept");
    assert_eq!(status_with(&bundle, &key).await, 200);
}

#[tokio::test]
async fn a_start_after_the_first_removes_nothing_when_it_is_killed() {
    let folder = Folder::new();
    let (data, bundle, demo) = started(&folder).await.expect("the first start");
    drop((data, bundle));
    for polls in [1, 5, 10, 15, 20] {
        let _ = Box::pin(killed_after(polls, started(&folder))).await;
        assert!(!folder.0.join(FIRST_START).exists(), "{polls} polls");
    }
    let (_data, bundle, again) = started(&folder).await.expect("another start");
    assert_eq!(again.api_user.api_key, demo.api_user.api_key);
    assert_eq!(status_with(&bundle, &demo.api_user.api_key).await, 200);
}

#[tokio::test]
async fn a_reset_that_was_killed_ends_at_the_next_start() {
    let folder = Folder::new();
    let (data, bundle, demo) = started(&folder).await.expect("the first start");
    drop((data, bundle));
    drop(folder.open(true).expect("it resets"));
    assert!(!folder.0.join(TABLE).exists() && folder.0.join(FIRST_START).exists());
    // A kill between the marker and the removal leaves a file.
    fs::write(folder.0.join(TABLE), "half").expect("written");
    let (_data, bundle, again) = started(&folder).await.expect("another start");
    assert_ne!(again.api_user.api_key, demo.api_user.api_key);
    assert_eq!(status_with(&bundle, &demo.api_user.api_key).await, 401);
}

#[tokio::test]
async fn data_without_one_of_its_files_is_refused_with_what_to_do() {
    for file in NEEDED {
        let folder = Folder::new();
        drop(started(&folder).await.expect("the first start"));
        fs::remove_file(folder.0.join(file)).expect("removed");
        let refusal = folder.open(false).err().expect(file);
        assert!(refusal.contains(file) && refusal.contains("make run RESET=1"), "{refusal}");
        assert!(folder.open(true).is_ok());
    }
}

#[test]
fn a_second_bundle_on_the_same_directory_is_refused() {
    let folder = Folder::new();
    let first = folder.open(false).expect("it opens");
    for reset in [false, true] {
        let refusal = folder.open(reset).err().expect("it is locked");
        assert!(refusal.contains("another bundle uses the data directory"), "{refusal}");
        assert!(refusal.contains("DATA_DIR=.trilho2 PORT=4001 make run"), "{refusal}");
    }
    drop(first);
    assert!(folder.open(false).is_ok());
}

#[test]
fn the_secret_of_links_is_private_and_kept() {
    use std::os::unix::fs::PermissionsExt;
    let folder = Folder::new();
    let data = folder.open(false).expect("it opens");
    let secret = data.files().expect("files").link_secret;
    assert_eq!(data.files().expect("files").link_secret.reveal(), secret.reveal());
    assert_eq!(folder.text("links.secret"), secret.reveal());
    let mode = fs::metadata(folder.0.join("links.secret")).expect("a file").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[test]
fn a_clock_past_its_latest_instant_is_refused_with_what_to_do() {
    let folder = Folder::new();
    let data = folder.open(false).expect("it opens");
    for ahead in [SignedDuration::from_hours(24 * 366 * 300), SignedDuration::MAX] {
        data.save_clock(ahead.min(SignedDuration::from_millis(i64::MAX))).expect("saved");
        let refusal = data.clock_ahead().expect_err("too far").to_string();
        assert!(refusal.contains("past the year 2285"), "{refusal}");
    }
    data.save_clock(SignedDuration::from_hours(9)).expect("saved");
    assert_eq!(data.clock_ahead().expect("it is valid"), SignedDuration::from_hours(9));
}

/// Returns the code that an authenticator shows at this time.
fn code_at(person: &local::seed::Person, at: jiff::Timestamp) -> String {
    let secret = totp_rs::Secret::try_from_base32(&person.totp_secret).expect("a secret");
    let totp = totp_rs::Builder::new()
        .with_algorithm(totp_rs::Algorithm::SHA1)
        .with_digits(6)
        .with_step_duration(30)
        .with_secret(secret)
        .with_account_name("test")
        .build()
        .expect("a generator");
    totp.generate(u64::try_from(at.as_second()).expect("after 1970")).to_string()
}

#[tokio::test]
async fn a_real_authenticator_works_after_the_clock_was_moved() {
    let folder = Folder::new();
    let (data, bundle, _) = started(&folder).await.expect("the first start");
    data.save_clock(SignedDuration::from_hours(9)).expect("saved");
    drop((data, bundle));
    let (_data, bundle, demo) = started(&folder).await.expect("the second start");
    let log_in = async |person: &local::seed::Person, at: jiff::Timestamp| {
        let code = code_at(person, at);
        let body = json!({ "email": person.email, "password": person.password, "totp_code": code });
        let headers = [("content-type", "application/json"), ("x-requested-with", "trilho")];
        status(&bundle, ("POST", "/v1/sessions"), &headers, &body.to_string()).await
    };
    assert!(bundle.clock().now() > SystemClock.now() + SignedDuration::from_hours(8));
    assert_eq!(log_in(&demo.moderators[0], SystemClock.now()).await, 201);
    assert_eq!(log_in(&demo.moderators[0], SystemClock.now()).await, 401, "a code works once");
    assert_eq!(log_in(&demo.moderators[1], bundle.clock().now()).await, 401, "of the moved clock");
}
