//! Uploaded evidence is inspected by its content before it counts (docs/adr/0054).

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use domain::dispute::DisputeInstruction;
use queue::Lane;
use scanner::{ScanError, ScanVerdict, Scanner};
use serde_json::{Value, json};
use tests::{Tenant, World, killed_after, text};

use super::dispute_evidence::{
    PDF, announce, announced, announced_as, disputed, hex, submit, upload, uploaded,
};
use super::disputes::find;

const SCRIPT: &[u8] = include_bytes!("../../../shared/inspection/tests/files/open_script.pdf");
const PHOTO: &[u8] = include_bytes!("../../../shared/inspection/tests/files/photo.jpg");
/// Longer than a message that was received stays hidden.
const HIDDEN: i64 = 181;

async fn inspection(world: &World, tenant: &Tenant, id: &Value, evidence: &Value) -> Value {
    let dispute = find(world, tenant, id).await;
    let files = dispute["evidence"].as_array().expect("files").iter();
    let mut files = files.filter(|file| file["id"] == evidence["id"]);
    files.next().expect("the file")["inspection"].clone()
}

async fn events(world: &World, tenant: &Tenant, id: &Value, name: &str) -> usize {
    let events = world.events(tenant.account_id, &text(id)).await;
    events.iter().filter(|event| event.kind.as_str() == name).count()
}

fn keys(tenant: &Tenant, id: &Value, evidence: &Value) -> (String, String) {
    let rest = format!("{}/{}/{}", tenant.account_id, text(id), text(&evidence["id"]));
    (format!("evidence/{rest}"), format!("evidence_accepted/{rest}"))
}

/// Fault row 210. A document with a script is rejected with its reason, and another file takes its place.
#[tokio::test]
async fn a_document_with_a_script_does_not_count() {
    let (world, tenant, id) = disputed().await;
    let evidence = uploaded(&world, &tenant, &id, &announced("a.pdf", SCRIPT), SCRIPT).await;
    let found = inspection(&world, &tenant, &id, &evidence).await;
    assert_eq!(
        (&found["status"], &found["rejection"]),
        (&json!("rejected"), &json!("active_content"))
    );
    assert_eq!(found["accepted"], Value::Null);
    assert!(found["inspected_at"].is_string(), "{found}");
    let answer = submit(&world, &tenant, &id, json!([evidence["id"]])).await;
    let problem = answer.problem(409, "evidence_not_accepted");
    let detail = text(&problem["detail"]);
    assert!(
        detail.contains(&text(&evidence["id"])) && detail.contains("active_content"),
        "{detail}"
    );
    assert_eq!(events(&world, &tenant, &id, "dispute.evidence_rejected").await, 1);
    let (_, copy) = keys(&tenant, &id, &evidence);
    assert_eq!(world.bundle.files().read(&copy), None);
    let other = uploaded(&world, &tenant, &id, &announced("b.pdf", PDF), PDF).await;
    submit(&world, &tenant, &id, json!([evidence["id"], other["id"]]))
        .await
        .problem(409, "evidence_not_accepted");
    submit(&world, &tenant, &id, json!([other["id"]])).await.ok();
}

/// Fault row 210. The network gets a picture without the place and the person, and its checksum.
#[tokio::test]
async fn a_picture_goes_on_without_its_metadata() {
    let (world, tenant, id) = disputed().await;
    let body = announced_as("foto.jpg", "image/jpeg", PHOTO);
    let evidence = uploaded(&world, &tenant, &id, &body, PHOTO).await;
    let found = inspection(&world, &tenant, &id, &evidence).await;
    assert_eq!(found["status"], "accepted", "{found}");
    let (_, copy) = keys(&tenant, &id, &evidence);
    let copy = world.bundle.files().read(&copy).expect("a copy");
    let has = |bytes: &[u8]| bytes.windows(5).any(|window| window == b"Maria");
    assert!(has(PHOTO) && !has(&copy));
    assert_eq!(found["accepted"], json!({ "size_bytes": copy.len(), "sha256": hex(&copy) }));
    submit(&world, &tenant, &id, json!([evidence["id"]])).await.ok();
    world.deliver().await;
    let orders = world.network.dispute_orders();
    let DisputeInstruction::Contest { evidence: sent, .. } = &orders[0].instruction else {
        panic!("{orders:?}");
    };
    let accepted = sent[0].inspection.accepted.as_ref().expect("accepted");
    assert_eq!(accepted.sha256, hex(&copy));
}

/// A file of another type than announced is rejected, and an account has room for others in place of rejected ones.
#[tokio::test]
async fn a_rejected_file_makes_room() {
    let (world, tenant, id) = disputed().await;
    let page = b"<html><script>alert(1)</script></html>";
    let first = uploaded(&world, &tenant, &id, &announced("a.pdf", page), page).await;
    let found = inspection(&world, &tenant, &id, &first).await;
    assert_eq!(found["rejection"], "media_type_mismatch");
    for number in 0..19 {
        let body = announced(&format!("{number}.pdf"), PDF);
        announce(&world, &tenant, &id, &body).await.created();
    }
    announce(&world, &tenant, &id, &announced("more.pdf", PDF)).await.created();
    announce(&world, &tenant, &id, &announced("too many.pdf", PDF))
        .await
        .problem(409, "evidence_limit");
    let dispute = find(&world, &tenant, &id).await;
    let files = dispute["evidence"].as_array().expect("files");
    assert!(files.len() == 20 && files.iter().all(|file| file["id"] != first["id"]));
}

/// Fault row 211. Wherever the worker dies, the file is accepted once.
#[tokio::test]
async fn a_file_is_accepted_once_wherever_the_worker_dies() {
    let (world, tenant, id) = disputed().await;
    let mut died = 0;
    for polls in 1.. {
        let content = [PDF, &vec![b'\n'; polls]].concat();
        // One name, so that the row stays small: rejected files make room, accepted ones do not.
        if polls > 20 {
            break;
        }
        let body = announced(&format!("{polls}.pdf"), &content);
        let evidence = announce(&world, &tenant, &id, &body).await.created();
        assert_eq!(upload(&world, &evidence, &content).await, 200);
        let work = Box::pin(world.bundle.dispatch(Lane::Uploads));
        let died_there = killed_after(polls, work).await.is_none();
        world.wait_and_deliver(HIDDEN).await;
        let found = inspection(&world, &tenant, &id, &evidence).await;
        assert_eq!(found["status"], "accepted", "dead after {polls} polls: {found}");
        assert_eq!(events(&world, &tenant, &id, "dispute.evidence_accepted").await, polls);
        died += usize::from(died_there);
        if !died_there {
            break;
        }
    }
    assert!(died > 5, "{died}");
}

/// Fault row 211. The bucket reports one upload more than once, and two workers inspect it at the same time.
#[tokio::test]
async fn a_file_that_is_reported_again_is_accepted_once() {
    let (world, tenant, id) = disputed().await;
    let evidence = announce(&world, &tenant, &id, &announced("a.pdf", PDF)).await.created();
    assert_eq!(upload(&world, &evidence, PDF).await, 200);
    let (upload_key, _) = keys(&tenant, &id, &evidence);
    world.bundle.report_upload(&upload_key).await.expect("sent");
    let inspect = || world.bundle.dispatch(Lane::Uploads);
    let (one, other) = tokio::join!(inspect(), inspect());
    assert!(one.is_ok() && other.is_ok());
    world.bundle.report_upload(&upload_key).await.expect("sent");
    world.wait_and_deliver(HIDDEN).await;
    assert_eq!(inspection(&world, &tenant, &id, &evidence).await["status"], "accepted");
    assert_eq!(events(&world, &tenant, &id, "dispute.evidence_accepted").await, 1);
}

/// A scanner that does what a test says.
struct TestScanner {
    next: Mutex<Option<ScanVerdict>>,
    scans: AtomicUsize,
}

impl TestScanner {
    fn new(next: Option<ScanVerdict>) -> Arc<Self> {
        Arc::new(Self { next: Mutex::new(next), scans: AtomicUsize::new(0) })
    }

    fn answer(&self, next: ScanVerdict) {
        *self.next.lock().expect("no panic holds it") = Some(next);
    }
}

#[async_trait]
impl Scanner for TestScanner {
    async fn scan(&self, _bytes: &[u8]) -> ScanVerdict {
        self.scans.fetch_add(1, Ordering::Relaxed);
        let next = self.next.lock().expect("no panic holds it").clone();
        next.expect("this scanner ends its worker")
    }
}

/// Fault row 212. A file that ends every worker is rejected after three attempts, and the fourth is none.
#[tokio::test]
async fn a_file_that_ends_its_workers_is_given_up() {
    let (mut world, tenant, id) = disputed().await;
    let scanner = TestScanner::new(None);
    world.bundle.scan_with(scanner.clone());
    let evidence = announce(&world, &tenant, &id, &announced("a.pdf", PDF)).await.created();
    assert_eq!(upload(&world, &evidence, PDF).await, 200);
    for attempt in 1..=3 {
        world.wait_and_deliver(HIDDEN).await;
        assert_eq!(inspection(&world, &tenant, &id, &evidence).await["status"], "inspecting");
        assert_eq!(scanner.scans.load(Ordering::Relaxed), attempt);
    }
    world.wait_and_deliver(HIDDEN).await;
    let found = inspection(&world, &tenant, &id, &evidence).await;
    assert_eq!(found["rejection"], "inspection_failed", "{found}");
    assert_eq!(scanner.scans.load(Ordering::Relaxed), 3);
}

/// Fault row 213. Without a verdict of the scanner no file counts, and none is rejected; malware is rejected.
#[tokio::test]
async fn no_file_counts_without_the_verdict_of_the_scanner() {
    let (mut world, tenant, id) = disputed().await;
    let scanner = TestScanner::new(Some(ScanVerdict::Unavailable(ScanError::Timeout)));
    world.bundle.scan_with(scanner.clone());
    let evidence = announce(&world, &tenant, &id, &announced("a.pdf", PDF)).await.created();
    assert_eq!(upload(&world, &evidence, PDF).await, 200);
    for _ in 0..4 {
        world.wait_and_deliver(HIDDEN).await;
        assert_eq!(inspection(&world, &tenant, &id, &evidence).await["status"], "inspecting");
    }
    submit(&world, &tenant, &id, json!([evidence["id"]]))
        .await
        .problem(409, "evidence_not_accepted");
    scanner.answer(ScanVerdict::Clean);
    world.wait_and_deliver(HIDDEN).await;
    assert_eq!(inspection(&world, &tenant, &id, &evidence).await["status"], "accepted");
    scanner.answer(ScanVerdict::Infected { signature: "Win.Test.EICAR_HDB-1".to_owned() });
    let infected = uploaded(&world, &tenant, &id, &announced("b.pdf", PDF), PDF).await;
    let found = inspection(&world, &tenant, &id, &infected).await;
    assert_eq!(found["rejection"], "malware");
    let (_, copy) = keys(&tenant, &id, &infected);
    assert_eq!(world.bundle.files().read(&copy), None);
}

/// Fault row 213. The bucket fails while the worker reads the upload or writes the copy.
#[tokio::test]
async fn a_failure_of_the_bucket_rejects_no_file() {
    let (world, tenant, id) = disputed().await;
    for operation in ["GetObject", "PutObject"] {
        let name = format!("{operation}.pdf");
        let evidence = announce(&world, &tenant, &id, &announced(&name, PDF)).await.created();
        assert_eq!(upload(&world, &evidence, PDF).await, 200);
        world.bundle.faults().next_times(operation, &local::Fault::Throttled, 10);
        world.deliver().await;
        let found = inspection(&world, &tenant, &id, &evidence).await;
        assert_eq!(found["status"], "inspecting", "{operation}");
        world.bundle.faults().clear();
        world.wait_and_deliver(HIDDEN).await;
        let found = inspection(&world, &tenant, &id, &evidence).await;
        assert_eq!(found["status"], "accepted", "{operation}");
    }
}

/// Fault row 214. What counts is the copy: nothing that happens to the upload afterwards changes it, and no link
/// uploads to its key.
#[tokio::test]
async fn an_upload_after_the_inspection_changes_nothing() {
    let (world, tenant, id) = disputed().await;
    let evidence = uploaded(&world, &tenant, &id, &announced("a.pdf", PDF), PDF).await;
    let (_, copy) = keys(&tenant, &id, &evidence);
    let again = announce(&world, &tenant, &id, &announced("a.pdf", PDF)).await.created();
    assert_eq!(again["inspection"]["status"], "accepted");
    assert_eq!(upload(&world, &again, PDF).await, 200);
    let mut moved = again.clone();
    let url = text(&again["upload"]["url"]).replace("/evidence/", "/evidence_accepted/");
    moved["upload"]["url"] = json!(url);
    assert_eq!(upload(&world, &moved, PDF).await, 403);
    world.wait_and_deliver(HIDDEN).await;
    assert_eq!(events(&world, &tenant, &id, "dispute.evidence_accepted").await, 1);
    assert_eq!(world.bundle.files().read(&copy).as_deref(), Some(PDF));
}

/// Fault row 214. A message that names no upload, no dispute or no file does nothing.
#[tokio::test]
async fn a_message_without_an_upload_does_nothing() {
    let (world, tenant, id) = disputed().await;
    let evidence = announce(&world, &tenant, &id, &announced("a.pdf", PDF)).await.created();
    let (upload_key, copy) = keys(&tenant, &id, &evidence);
    let other = upload_key.replace(&text(&evidence["id"]), "evd_01J00000000000000000000000");
    let nowhere = upload_key.replace(&text(&id), "dsp_01J00000000000000000000000");
    for key in [&upload_key, &copy, &other, &nowhere, "statements/x", "evidence/../x", ""] {
        world.bundle.report_upload(key).await.expect("sent");
    }
    world.wait_and_deliver(HIDDEN).await;
    world.wait_and_deliver(HIDDEN).await;
    let found = inspection(&world, &tenant, &id, &evidence).await;
    assert_eq!(found["accepted"], Value::Null, "{found}");
    // The messages did not use up the attempts of the file.
    assert_eq!(upload(&world, &evidence, PDF).await, 200);
    world.deliver().await;
    assert_eq!(inspection(&world, &tenant, &id, &evidence).await["status"], "accepted");
}
