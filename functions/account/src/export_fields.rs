//! What statements as files are asked for with.

use domain::kernel::{Error, Flaw};
use domain::statement::{CsvDialect, ExportFormat};

/// The dialect of a format: `br` for CSV when none is said, and none for any other.
pub(crate) fn dialect(
    format: ExportFormat,
    requested: Option<CsvDialect>,
) -> Result<Option<CsvDialect>, Error> {
    match (format, requested) {
        (ExportFormat::Csv, requested) => Ok(Some(requested.unwrap_or(CsvDialect::Br))),
        (_, None) => Ok(None),
        (_, Some(_)) => {
            let detail = "only format csv has a dialect; remove the field";
            Err(Error::invalid("dialect", Flaw::UnknownField, detail))
        }
    }
}
