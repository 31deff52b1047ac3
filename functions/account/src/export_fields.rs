//! What statements as files are asked for with.

use domain::kernel::{Error, Flaw};
use domain::statement::{CsvDialect, ExportFormat};

/// The dialect of a format: `br` for CSV when none is said, and none for any other.
pub(crate) fn dialect(
    format: ExportFormat,
    asked: Option<CsvDialect>,
) -> Result<Option<CsvDialect>, Error> {
    match (format, asked) {
        (ExportFormat::Csv, asked) => Ok(Some(asked.unwrap_or(CsvDialect::Br))),
        (_, None) => Ok(None),
        (_, Some(_)) => {
            let detail = "only csv has dialects";
            Err(Error::invalid("dialect", Flaw::UnknownField, detail))
        }
    }
}
