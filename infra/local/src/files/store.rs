//! The files behind the server, and what AWS does that `s3s-fs` does not.
//!
//! An upload that is not there is `NoSuchUpload`; an object is made of the very parts that are named,
//! each but the last of 5 MB or more; a file that is not there cannot be told from one that may not be
//! read, as for every role without `s3:ListBucket`. What we never ask is refused by its name.

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
    HeadObjectOutput, UploadPartInput, UploadPartOutput,
};
use s3s::{S3, S3Error, S3ErrorCode, S3Request, S3Response, S3Result, s3_error};
use s3s_fs::FileSystem;

/// The least of every part but the last (S3, "Amazon S3 multipart upload limits").
const PART_BYTES_MIN: i64 = 5 * 1024 * 1024;

/// Tag and size of each part.
type UploadParts = HashMap<i32, (Option<ETag>, i64)>;

#[derive(Clone)]
pub(super) struct FileStore(Arc<FileStoreState>);

struct FileStoreState {
    files: FileSystem,
    root: PathBuf,
    /// Whether parts of any size are taken.
    takes_small_parts: AtomicBool,
    /// Of the uploads of this run; what an earlier run began is not checked.
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

    /// Makes one part of all that are named: `s3s-fs` has the least of a part built in.
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

    /// Whether the file can be made of what is named.
    fn check(&self, input: &CompleteMultipartUploadInput) -> S3Result<()> {
        let uploads = self.uploads();
        let least = if self.small() { 0 } else { PART_BYTES_MIN };
        let Some(known) = uploads.get(&input.upload_id) else { return Ok(()) };
        let named = input.multipart_upload.iter().flat_map(|upload| upload.parts.iter().flatten());
        let mut named = named.peekable();
        while let Some(part) = named.next() {
            match part.part_number.and_then(|number| known.get(&number)) {
                Some((tag, _)) if *tag != part.e_tag => return Err(s3_error!(InvalidPart)),
                Some((_, bytes)) if *bytes < least && named.peek().is_some() => {
                    return Err(s3_error!(EntityTooSmall));
                }
                Some(_) => {}
                None => return Err(s3_error!(InvalidPart)),
            }
        }
        Ok(())
    }
}

/// The one thing that is refused to a request whose signature is right.
fn gone(error: S3Error) -> S3Error {
    match error.code() {
        S3ErrorCode::AccessDenied | S3ErrorCode::InvalidRequest => s3_error!(NoSuchUpload),
        _ => error,
    }
}

fn hidden(error: S3Error) -> S3Error {
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
        let added = self.0.files.upload_part(request).await.map_err(gone)?;
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
        let made = self.0.files.complete_multipart_upload(request).await.map_err(gone)?;
        self.uploads().remove(&id);
        Ok(made)
    }

    async fn head_object(
        &self,
        request: S3Request<HeadObjectInput>,
    ) -> S3Result<S3Response<HeadObjectOutput>> {
        self.0.files.head_object(request).await.map_err(hidden)
    }

    async fn get_object(
        &self,
        request: S3Request<GetObjectInput>,
    ) -> S3Result<S3Response<GetObjectOutput>> {
        self.0.files.get_object(request).await.map_err(hidden)
    }
}
