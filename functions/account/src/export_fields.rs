//! Rules for the fields of statement exports and schedules.

use domain::kernel::{Error, Flaw};
use domain::statement::{CsvDialect, ExportFormat};

/// Returns the dialect of a format: `br` for CSV by default, and none for other formats.
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
