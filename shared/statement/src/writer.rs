//! The writer of a statement, line by line.

use crate::ofx::Version;
use crate::rows::Dialect;
use crate::{ChainError, Format, Line, Progress, Statement, Totals, camt, json_lines, ofx, rows};

/// Writes one statement in one format.
///
/// It appends to a vector and never reads it again, so the caller can drain it at any time. A file
/// written in one run and a file written with [`Writer::progress`] and [`Writer::resume`] after
/// any line have the same bytes.
#[derive(Clone, Debug)]
pub struct Writer {
    format: Format,
    statement: Statement,
    progress: Progress,
}

impl Writer {
    /// Begins a file: writes the part before its lines.
    pub fn begin(format: Format, statement: Statement, out: &mut Vec<u8>) -> Self {
        match format {
            Format::CsvBr => rows::head(Dialect::Brazilian, out),
            Format::CsvIntl => rows::head(Dialect::International, out),
            Format::Ofx102 => ofx::head(Version::Sgml102, &statement, out),
            Format::Ofx220 => ofx::head(Version::Xml220, &statement, out),
            Format::JsonLines => json_lines::head(&statement, out),
            Format::Camt053 => camt::head(&statement, out),
        }
        let progress = Progress::start(&statement);
        Self { format, statement, progress }
    }

    /// Continues a file after its last line, with the format and statement that it began with.
    /// Writes nothing.
    pub fn resume(format: Format, statement: Statement, progress: Progress) -> Self {
        Self { format, statement, progress }
    }

    /// Writes a line.
    ///
    /// # Errors
    /// The [`ChainError`] that says why this cannot be the next line; then nothing is written.
    pub fn line(&mut self, line: &Line, out: &mut Vec<u8>) -> Result<(), ChainError> {
        let progress = self.progress.after(&self.statement, line)?;
        let statement = &self.statement;
        match self.format {
            Format::CsvBr => rows::line(Dialect::Brazilian, statement, line, out),
            Format::CsvIntl => rows::line(Dialect::International, statement, line, out),
            Format::Ofx102 => ofx::line(Version::Sgml102, statement, line, out),
            Format::Ofx220 => ofx::line(Version::Xml220, statement, line, out),
            Format::JsonLines => json_lines::line(statement, line, out),
            Format::Camt053 => camt::line(statement, line, out),
        }
        self.progress = progress;
        Ok(())
    }

    /// Returns the progress of the file. [`Writer::resume`] needs it together with the bytes that
    /// were written so far.
    pub fn progress(&self) -> &Progress {
        &self.progress
    }

    /// Finishes the file: writes the part after its lines.
    ///
    /// # Errors
    /// [`ChainError::Closing`] if the lines do not lead from the opening to the closing balance.
    pub fn finish(self, out: &mut Vec<u8>) -> Result<Totals, ChainError> {
        let Self { format, statement, progress } = self;
        let lines = progress.lines();
        let totals = progress.close(&statement)?;
        match format {
            Format::CsvBr if lines == 0 => rows::empty_period(Dialect::Brazilian, &statement, out),
            Format::CsvIntl if lines == 0 => {
                rows::empty_period(Dialect::International, &statement, out)
            }
            Format::CsvBr | Format::CsvIntl => {}
            Format::Ofx102 => ofx::tail(Version::Sgml102, &statement, out),
            Format::Ofx220 => ofx::tail(Version::Xml220, &statement, out),
            Format::JsonLines => json_lines::tail(&totals, out),
            Format::Camt053 => camt::tail(out),
        }
        Ok(totals)
    }
}
