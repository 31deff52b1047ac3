//! A file on its way to the bucket, in parts, with the checkpoint after each part from which any
//! worker can continue.
//!
//! The period is closed, so every worker writes the same bytes for a part. Two workers on the same
//! file are harmless: they put the same part in the same place, and the row of the export lets
//! only one of them save it.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use domain::kernel::Error;
use domain::ledger::EntryPosition;
use domain::statement::{Checkpoint, StatementExport, StatementFile};
use files::{FileKey, PARTS_MAX};
use sha2::digest::common::hazmat::{SerializableState, SerializedState};
use sha2::{Digest, Sha256};
use statement::{ChainError, Line, Statement, Totals, Writer};

use crate::exporter::Exporter;
use crate::line::format;

/// A file that is being written.
pub(crate) struct File<'a> {
    exporter: &'a Exporter,
    key: FileKey,
    upload_id: String,
    etags: Vec<String>,
    /// Bytes of the uploaded parts.
    bytes: u64,
    hash: Sha256,
    writer: Writer,
    /// Bytes that are written and not uploaded yet.
    part: Vec<u8>,
    /// Last entry that is in the file or was left out.
    pub(crate) after: EntryPosition,
}

impl<'a> File<'a> {
    /// Opens the file of an export at its checkpoint, or at its beginning if it has none.
    pub(crate) async fn open(
        exporter: &'a Exporter,
        export: &StatementExport,
        statement: Statement,
        opening: EntryPosition,
    ) -> Result<Self, Error> {
        let format = format(&export.request);
        let kind = export.request.format;
        let key = FileKey::statement(export.account_id, export.id, kind.extension());
        let mut part = Vec::with_capacity(exporter.part_bytes + exporter.part_bytes / 8);
        let Some(checkpoint) = &export.checkpoint else {
            let upload_id = exporter.uploads.begin(&key, kind.content_type()).await?;
            let writer = Writer::begin(format, statement, &mut part);
            let hash = Sha256::new();
            let etags = Vec::new();
            return Ok(Self {
                exporter,
                key,
                upload_id,
                etags,
                bytes: 0,
                hash,
                writer,
                part,
                after: opening,
            });
        };
        let progress = serde_json::from_str(&checkpoint.writer).map_err(Error::internal)?;
        Ok(Self {
            exporter,
            key,
            upload_id: checkpoint.upload_id.clone(),
            etags: checkpoint.etags.clone(),
            bytes: checkpoint.bytes,
            hash: read_hash(&checkpoint.hash)?,
            writer: Writer::resume(format, statement, progress),
            part,
            after: checkpoint.after,
        })
    }

    /// Writes a line.
    pub(crate) fn line(&mut self, line: &Line) -> Result<(), ChainError> {
        self.writer.line(line, &mut self.part)
    }

    /// Returns true if there are enough bytes for a part.
    pub(crate) fn is_part_full(&self) -> bool {
        self.part.len() >= self.exporter.part_bytes
    }

    /// Uploads the part; returns the checkpoint after it.
    pub(crate) async fn add_part(&mut self) -> Result<Checkpoint, Error> {
        let number = self.etags.len() + 1;
        let valid = i32::try_from(number).ok().filter(|_| number <= PARTS_MAX);
        let too_many = || Error::internal("the file has more parts than the bucket accepts");
        let number = valid.ok_or_else(too_many)?;
        let room = self.part.capacity();
        let part = std::mem::replace(&mut self.part, Vec::with_capacity(room));
        self.hash.update(&part);
        self.bytes += u64::try_from(part.len()).unwrap_or(u64::MAX);
        let etag = self.exporter.uploads.add(&self.key, &self.upload_id, number, part).await?;
        self.etags.push(etag);
        let writer = serde_json::to_string(self.writer.progress()).map_err(Error::internal)?;
        Ok(Checkpoint {
            upload_id: self.upload_id.clone(),
            etags: self.etags.clone(),
            bytes: self.bytes,
            hash: STANDARD.encode(self.hash.serialize()),
            after: self.after,
            writer,
        })
    }

    /// Finishes the file: uploads its last part and completes the upload.
    pub(crate) async fn finish(
        mut self,
        name: String,
    ) -> Result<Result<StatementFile, ChainError>, Error> {
        let writer = self.writer.clone();
        let totals = match writer.finish(&mut self.part) {
            Ok(totals) => totals,
            Err(error) => return Ok(Err(error)),
        };
        match self.add_part().await {
            // Another worker completed the upload, or the bucket removed it. The next request
            // shows which.
            Ok(_) | Err(Error::NotFound(_)) => {}
            Err(error) => return Err(error),
        }
        let Self { exporter, key, upload_id, etags, bytes, hash, .. } = self;
        exporter.uploads.complete(&key, &upload_id, &etags, bytes).await?;
        Ok(Ok(describe(name, bytes, hash, &totals)))
    }
}

fn describe(name: String, bytes: u64, hash: Sha256, totals: &Totals) -> StatementFile {
    let sha256 = hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    StatementFile {
        name,
        bytes,
        sha256,
        entries: totals.credits + totals.debits,
        opening_balance_cents: totals.opening_cents,
        credits_cents: totals.credits_cents,
        debits_cents: totals.debits_cents,
        closing_balance_cents: totals.closing_cents,
    }
}

fn read_hash(checkpoint: &str) -> Result<Sha256, Error> {
    let state = STANDARD.decode(checkpoint).map_err(Error::internal)?;
    let state: SerializedState<Sha256> = state
        .as_slice()
        .try_into()
        .map_err(|_| Error::internal("the checkpoint has no valid state of the hash"))?;
    Sha256::deserialize(&state).map_err(Error::internal)
}
