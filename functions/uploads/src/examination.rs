//! The examination of one uploaded file, whatever it belongs to: read, inspect, scan, keep a copy.

use domain::file::{AcceptedFile, FileMediaType, FileRejection};
use domain::kernel::Error;
use files::FileKey;
use inspection::inspect;
use scanner::ScanVerdict;
use sha2::{Digest, Sha256};

use crate::Inspector;

/// A file as its owner announced it.
pub(crate) struct AnnouncedFile<'a> {
    /// Key of the upload.
    pub(crate) upload: FileKey,
    /// Key of the copy that counts. No link uploads to it.
    pub(crate) copy: FileKey,
    /// Media type.
    pub(crate) media_type: FileMediaType,
    /// Size in bytes.
    pub(crate) size_bytes: u64,
    /// SHA-256, 64 hexadecimal digits in lower case.
    pub(crate) sha256: &'a str,
}

/// What an examination found.
pub(crate) enum Examination {
    /// The file counts, and its copy is written; or it does not count.
    Result(Result<AcceptedFile, FileRejection>),
    /// The bucket does not have the file that was announced.
    NotUploaded,
}

/// Examines a file. The bytes that are inspected are those that are copied, so it does not matter what becomes of the
/// upload. The copy is the same each time, so it can be written again.
///
/// # Errors
/// `Unavailable` if the bucket or the scanner does not answer; without a verdict no file is accepted.
pub(crate) async fn examine(
    inspector: &Inspector,
    announced: &AnnouncedFile<'_>,
) -> Result<Examination, Error> {
    let Some(bytes) = inspector.contents.read(&announced.upload).await? else {
        return Ok(Examination::NotUploaded);
    };
    if size(&bytes) != announced.size_bytes || hex(&Sha256::digest(&bytes)) != announced.sha256 {
        let error = Error::internal("the bucket accepted a file that was not announced");
        inspector.app().fail(&format!("{} is not inspected", announced.upload), &error);
        return Ok(Examination::NotUploaded);
    }
    let file = match inspect(&bytes, announced.media_type, &inspector.limits) {
        Ok(file) => file,
        Err(rejection) => return Ok(Examination::Result(Err(rejection))),
    };
    if let Some(rejection) = scan(inspector, announced, &file.bytes).await? {
        return Ok(Examination::Result(Err(rejection)));
    }
    let accepted = AcceptedFile { size_bytes: size(&file.bytes), sha256: hex(&file.sha256) };
    let (content_type, sha256) = (announced.media_type.as_str(), file.sha256);
    let copy = file.bytes.into_owned();
    inspector.contents.write(&announced.copy, content_type, sha256, copy).await?;
    Ok(Examination::Result(Ok(accepted)))
}

/// Returns why the scanner rejects a file; `None` if the file is clean or the stage has no scanner.
async fn scan(
    inspector: &Inspector,
    announced: &AnnouncedFile<'_>,
    bytes: &[u8],
) -> Result<Option<FileRejection>, Error> {
    let Some(scanner) = &inspector.scanner else { return Ok(None) };
    match scanner.scan(bytes).await {
        ScanVerdict::Clean => Ok(None),
        ScanVerdict::Infected { signature } => {
            let error = Error::internal(format!("the scanner found {signature}"));
            inspector.app().warn(&format!("{} is rejected", announced.upload), &error);
            Ok(Some(FileRejection::Malware))
        }
        ScanVerdict::Unavailable(error) => Err(Error::unavailable(error)),
    }
}

fn size(bytes: &[u8]) -> u64 {
    u64::try_from(bytes.len()).unwrap_or(u64::MAX)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
