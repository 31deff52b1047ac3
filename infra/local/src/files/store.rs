//! The files behind the server, and the behaviour of AWS that `s3s-fs` does not have.
//!
//! A missing upload is `NoSuchUpload`. An object consists of exactly the named parts, and each part
//! but the last has 5 MB or more. A missing file answers like a forbidden one, as for every role
//! without `s3:ListBucket`. Other operations are refused by name.

use std::collections::HashMap;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use s3s::dto::{
    CompleteMultipartUploadInput, CompleteMultipartUploadOutput, CreateMultipartUploadInput,
    CreateMultipartUploadOutput, ETag, GetObjectInput, GetObjectOutput, HeadObjectInput,
    HeadObjectOutput, PutObjectInput, PutObjectOutput, UploadPartInput, UploadPartOutput,
};
use s3s::{S3, S3Error, S3ErrorCode, S3Request, S3Response, S3Result, s3_error};
use s3s_fs::FileSystem;

/// Smallest size of every part but the last (S3, "Amazon S3 multipart upload limits").
const PART_BYTES_MIN: i64 = 5 * 1024 * 1024;

/// Tag and size of each part, by number.
type UploadParts = HashMap<i32, (Option<ETag>, i64)>;

#[derive(Clone)]
pub(super) struct FileStore(Arc<FileStoreState>);

struct FileStoreState {
    files: FileSystem,
    root: PathBuf,
    /// Whether parts of any size are accepted.
    takes_small_parts: AtomicBool,
    /// Uploads that this run started. Uploads of an earlier run are not checked.
    uploads: Mutex<HashMap<String, UploadParts>>,
}

impl FileStore {
    pub(super) fn open(root: &Path) -> Result<Self, String> {
        let files = FileSystem::new(root).map_err(|cause| format!("{cause:?}"))?;
        let (root, takes_small_parts) = (root.to_owned(), AtomicBool::new(false));
        let uploads = Mutex::default();
        Ok(Self(Arc::new(FileStoreState { files, root, takes_small_parts, uploads })))
    }

    pub(super) fn take_small_parts(&self) {
        self.0.takes_small_parts.store(true, Ordering::Relaxed);
    }

    /// Joins all named parts into one, because `s3s-fs` has a built-in minimum part size.
    fn join(&self, input: &mut CompleteMultipartUploadInput) -> io::Result<()> {
        let path = |number| {
            let name = format!(".upload_id-{}.part-{number}", input.upload_id);
            self.0.root.join(name)
        };
        let named = input.multipart_upload.iter_mut().flat_map(|upload| upload.parts.iter_mut());
        for parts in named {
            for part in parts.drain(1..) {
                let rest = path(part.part_number.unwrap_or_default());
                fs::File::options().append(true).open(path(1))?.write_all(&fs::read(&rest)?)?;
                fs::remove_file(rest)?;
            }
        }
        Ok(())
    }

    fn small(&self) -> bool {
        self.0.takes_small_parts.load(Ordering::Relaxed)
    }

    fn uploads(&self) -> std::sync::MutexGuard<'_, HashMap<String, UploadParts>> {
        self.0.uploads.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Checks that the file can be made of the named parts.
    fn check(&self, input: &CompleteMultipartUploadInput) -> S3Result<()> {
        let uploads = self.uploads();
        let bytes_min = if self.small() { 0 } else { PART_BYTES_MIN };
        let Some(stored) = uploads.get(&input.upload_id) else { return Ok(()) };
        let named = input.multipart_upload.iter().flat_map(|upload| upload.parts.iter().flatten());
        let mut named = named.peekable();
        while let Some(part) = named.next() {
            match part.part_number.and_then(|number| stored.get(&number)) {
                Some((tag, _)) if *tag != part.e_tag => return Err(s3_error!(InvalidPart)),
                Some((_, bytes)) if *bytes < bytes_min && named.peek().is_some() => {
                    return Err(s3_error!(EntityTooSmall));
                }
                Some(_) => {}
                None => return Err(s3_error!(InvalidPart)),
            }
        }
        Ok(())
    }
}

/// Turns the error of a missing upload into `NoSuchUpload`. No other request with a valid signature
/// is refused like this.
fn no_such_upload(error: S3Error) -> S3Error {
    match error.code() {
        S3ErrorCode::AccessDenied | S3ErrorCode::InvalidRequest => s3_error!(NoSuchUpload),
        _ => error,
    }
}

/// Turns the error of a missing file into that of a forbidden one.
fn access_denied(error: S3Error) -> S3Error {
    match error.code() {
        S3ErrorCode::NoSuchKey => s3_error!(AccessDenied),
        _ => error,
    }
}

#[async_trait]
impl S3 for FileStore {
    async fn create_multipart_upload(
        &self,
        request: S3Request<CreateMultipartUploadInput>,
    ) -> S3Result<S3Response<CreateMultipartUploadOutput>> {
        let begun = self.0.files.create_multipart_upload(request).await?;
        if let Some(id) = &begun.output.upload_id {
            self.uploads().insert(id.clone(), UploadParts::new());
        }
        Ok(begun)
    }

    async fn upload_part(
        &self,
        request: S3Request<UploadPartInput>,
    ) -> S3Result<S3Response<UploadPartOutput>> {
        let (id, number) = (request.input.upload_id.clone(), request.input.part_number);
        let bytes = request.input.content_length.unwrap_or_default();
        let added = self.0.files.upload_part(request).await.map_err(no_such_upload)?;
        if let Some(parts) = self.uploads().get_mut(&id) {
            parts.insert(number, (added.output.e_tag.clone(), bytes));
        }
        Ok(added)
    }

    async fn complete_multipart_upload(
        &self,
        mut request: S3Request<CompleteMultipartUploadInput>,
    ) -> S3Result<S3Response<CompleteMultipartUploadOutput>> {
        self.check(&request.input)?;
        if self.small() && self.uploads().contains_key(&request.input.upload_id) {
            self.join(&mut request.input).map_err(|error| s3_error!(error, InternalError))?;
        }
        let id = request.input.upload_id.clone();
        let made = self.0.files.complete_multipart_upload(request).await.map_err(no_such_upload)?;
        self.uploads().remove(&id);
        Ok(made)
    }

    async fn put_object(
        &self,
        request: S3Request<PutObjectInput>,
    ) -> S3Result<S3Response<PutObjectOutput>> {
        self.0.files.put_object(request).await
    }

    async fn head_object(
        &self,
        request: S3Request<HeadObjectInput>,
    ) -> S3Result<S3Response<HeadObjectOutput>> {
        self.0.files.head_object(request).await.map_err(access_denied)
    }

    async fn get_object(
        &self,
        request: S3Request<GetObjectInput>,
    ) -> S3Result<S3Response<GetObjectOutput>> {
        self.0.files.get_object(request).await.map_err(access_denied)
    }
}
