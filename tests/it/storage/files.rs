//! Files: written in parts, read by links that end.

use domain::kernel::{Error, ExportId, Id};
use edge::FileKey;
use files::{Link, PART_BYTES_MIN, Uploads};
use local::Fault;
use runtime::App;
use tests::World;

/// Returns a first part and a last.
fn parts() -> [Vec<u8>; 2] {
    [vec![b'a'; PART_BYTES_MIN], b"the end\n".to_vec()]
}

fn key(world: &World) -> FileKey {
    let moment = world.bundle.app().moment();
    FileKey::statement(domain::kernel::AccountId::mint(&moment), ExportId::mint(&moment), "csv")
}

/// Begins a file and adds both parts. Returns the upload and the tags.
async fn begun(uploads: &Uploads, key: &FileKey) -> (String, Vec<String>) {
    let id = uploads.begin(key, "text/csv").await.expect("begun");
    let mut tags = Vec::new();
    for (number, part) in (1..).zip(parts()) {
        tags.push(uploads.add(key, &id, number, part).await.expect("added"));
    }
    (id, tags)
}

fn size() -> u64 {
    parts().iter().map(|part| part.len() as u64).sum()
}

async fn link(app: &App, key: &FileKey) -> Link {
    let links = app.links.as_ref().expect("the bundle has files");
    let link = links.link(key, "extrato-2026-11.csv", "text/csv; charset=utf-8", app.clock.now());
    link.await.expect("a link")
}

/// Fault row 99.
#[tokio::test]
async fn a_link_brings_the_file_for_fifteen_minutes() {
    let world = World::new().await;
    let (uploads, key) = (world.bundle.uploads(), key(&world));
    let (id, tags) = begun(&uploads, &key).await;
    assert_eq!(world.bundle.files().unfinished(), 1);
    let link = link(world.bundle.app(), &key).await;
    let url = link.url.expose();
    assert_eq!(world.bundle.follow(url).await.status, 403, "nothing is there yet");
    uploads.complete(&key, &id, &tags, size()).await.expect("complete");
    assert_eq!(world.bundle.files().unfinished(), 0);
    assert_eq!(world.bundle.files().read(key.as_str()), Some(parts().concat()));

    world.wait(14 * 60 + 59);
    let response = world.bundle.follow(url).await;
    assert_eq!(response.status, 200, "{}", String::from_utf8_lossy(&response.body));
    assert!(response.body == parts().concat());
    let header = |name: &str| {
        let found = response.headers.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str())
    };
    assert_eq!(header("content-type"), Some("text/csv; charset=utf-8"));
    let named = "attachment; filename=\"extrato-2026-11.csv\"";
    assert_eq!(header("content-disposition"), Some(named));

    world.wait(2);
    assert!(link.expires_at < world.now());
    let late = world.bundle.follow(url).await;
    let text = String::from_utf8_lossy(&late.body);
    assert!(late.status == 403 && text.contains("Request has expired"), "{text}");
}

#[tokio::test]
async fn a_link_opens_one_file_and_nothing_else() {
    let world = World::new().await;
    let (uploads, mine, other) = (world.bundle.uploads(), key(&world), key(&world));
    for key in [&mine, &other] {
        let (id, tags) = begun(&uploads, key).await;
        uploads.complete(key, &id, &tags, size()).await.expect("complete");
    }
    let link = link(world.bundle.app(), &mine).await;
    let url = link.url.expose();
    assert_eq!(world.bundle.follow(url).await.status, 200);
    let bare = url.split('?').next().expect("a path");
    for forged in [
        url.replace(mine.as_str(), other.as_str()),
        url.replace("text%2Fcsv", "text%2Fhtml"),
        url.replace("X-Amz-Expires=900", "X-Amz-Expires=9000"),
        bare.to_owned(),
    ] {
        assert_ne!(forged, url);
        assert_eq!(world.bundle.follow(&forged).await.status, 403, "{forged}");
    }
}

/// Fault row 97: the worker that dies between completing a file and writing that down.
#[tokio::test]
async fn a_file_is_completed_once_whatever_answers_are_lost() {
    let world = World::new().await;
    let (uploads, key) = (world.bundle.uploads(), key(&world));
    let (id, tags) = begun(&uploads, &key).await;
    world.bundle.faults().next("CompleteMultipartUpload", Fault::AfterCommit);
    uploads.complete(&key, &id, &tags, size()).await.expect("found complete");
    uploads.complete(&key, &id, &tags, size()).await.expect("found complete");
    let outcome = uploads.complete(&key, &id, &tags, size() + 1).await;
    assert!(matches!(outcome, Err(Error::NotFound("upload"))), "{outcome:?}");
    let counts = world.bundle.faults().counts();
    assert_eq!(counts["CompleteMultipartUpload"], 4);
    assert_eq!(counts["HeadObject"], 3);
}

#[tokio::test]
async fn an_upload_that_is_gone_says_so() {
    let world = World::new().await;
    let (uploads, key) = (world.bundle.uploads(), key(&world));
    let (_, tags) = begun(&uploads, &key).await;
    let id = "gone";
    let outcome = uploads.complete(&key, id, &tags, size()).await;
    assert!(matches!(outcome, Err(Error::NotFound("upload"))), "{outcome:?}");
    let outcome = uploads.add(&key, id, 1, parts()[0].clone()).await;
    assert!(matches!(outcome, Err(Error::NotFound("upload"))), "{outcome:?}");
    assert_eq!(world.bundle.files().read(key.as_str()), None);
}

#[tokio::test]
async fn what_passes_may_be_sent_again_and_our_mistakes_may_not() {
    let world = World::new().await;
    let (uploads, key) = (world.bundle.uploads(), key(&world));
    let (id, mut tags) = begun(&uploads, &key).await;
    let faults = world.bundle.faults();
    for fault in [Fault::Throttled, Fault::BeforeSend] {
        faults.next_times("UploadPart", &fault, 2);
        uploads.add(&key, &id, 2, parts()[1].clone()).await.expect("the third attempt");
        faults.next_times("UploadPart", &fault, 3);
        let outcome = uploads.add(&key, &id, 2, parts()[1].clone()).await;
        assert!(matches!(outcome, Err(Error::Unavailable(_))), "{outcome:?}");
        assert_eq!(faults.left(), 0);
    }
    // A part of an earlier try, and a file whose first part is too small.
    tags.swap(0, 1);
    let outcome = uploads.complete(&key, &id, &tags, size()).await;
    assert!(matches!(outcome, Err(Error::Internal(_))), "{outcome:?}");
    tags[0] = uploads.add(&key, &id, 1, b"small".to_vec()).await.expect("added");
    tags[1] = uploads.add(&key, &id, 2, b"too".to_vec()).await.expect("added");
    let outcome = uploads.complete(&key, &id, &tags, 8).await;
    assert!(matches!(outcome, Err(Error::Internal(_))), "{outcome:?}");
    assert_eq!(world.bundle.files().unfinished(), 1);
}

#[tokio::test]
async fn a_function_without_the_bucket_makes_no_links() {
    let world = World::new().await;
    let without = world.second_instance(|config| config.files_bucket = None);
    assert!(without.bundle.app().links.is_none());
}
