//! A binary as the zip that Lambda takes: one executable named `bootstrap`.

use std::fs;
use std::io::{Cursor, Write};
use std::path::{Path, PathBuf};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

/// The name that `provided.al2023` starts.
const NAME: &str = "bootstrap";
/// Everybody may read and execute, the owner may write: Lambda runs it as a user of its own.
const MODE: u32 = 0o755;

/// How hard to try. Zopfli would find 1 to 2 per cent more than `Smallest`, in two minutes for each.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Effort {
    Fastest,
    Smallest,
}

impl Effort {
    fn level(self) -> i64 {
        match self {
            Self::Fastest => 1,
            Self::Smallest => 9,
        }
    }
}

/// Where the zip of a domain is.
pub(crate) fn path(folder: &Path, domain: &str) -> PathBuf {
    folder.join(format!("{domain}.zip"))
}

/// Packs `binary` and answers both sizes in bytes.
pub(crate) fn pack(binary: &Path, file: &Path, effort: Effort) -> Result<(u64, u64), String> {
    let bytes = fs::read(binary).map_err(|cause| format!("{}: {cause}", binary.display()))?;
    let zip = packed(&bytes, effort).map_err(|cause| format!("{}: {cause}", file.display()))?;
    fs::write(file, &zip).map_err(|cause| format!("{}: {cause}", file.display()))?;
    Ok((size(&bytes), size(&zip)))
}

fn size(bytes: &[u8]) -> u64 {
    bytes.len().try_into().unwrap_or(u64::MAX)
}

/// Equal binaries give equal zips, so that nothing is uploaded or updated without a reason: the
/// timestamp is the earliest one that the format knows.
fn packed(binary: &[u8], effort: Effort) -> zip::result::ZipResult<Vec<u8>> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .compression_level(Some(effort.level()))
        .last_modified_time(DateTime::default())
        .unix_permissions(MODE);
    zip.start_file(NAME, options)?;
    zip.write_all(binary)?;
    Ok(zip.finish()?.into_inner())
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;

    #[test]
    fn equal_binaries_give_equal_zips_that_lambda_can_start() {
        let binary = b"\x7fELF and what follows, and what follows".repeat(100);
        for effort in [Effort::Fastest, Effort::Smallest] {
            let zip = packed(&binary, effort).expect("it packs");
            assert_eq!(zip, packed(&binary, effort).expect("it packs"));
            assert!(zip.len() < binary.len());
            let mut archive = zip::ZipArchive::new(Cursor::new(zip)).expect("a zip");
            assert_eq!(archive.len(), 1);
            let mut file = archive.by_name("bootstrap").expect("the one file");
            assert_eq!(file.unix_mode(), Some(0o100_755));
            assert_eq!(file.last_modified(), Some(DateTime::default()));
            let mut unpacked = Vec::new();
            file.read_to_end(&mut unpacked).expect("readable");
            assert_eq!(unpacked, binary);
        }
    }
}
