//! Packs a binary as a zip for Lambda: one executable named `bootstrap`.

use std::fs;
use std::io::{Cursor, Write};
use std::path::{Path, PathBuf};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

/// Name of the program that `provided.al2023` starts.
const NAME: &str = "bootstrap";
/// Mode of the file: readable and executable by all, because Lambda runs it as another user.
const MODE: u32 = 0o755;
/// First bytes of a little-endian ELF file for 64 bits. The machine is at byte 18.
/// <https://refspecs.linuxfoundation.org/elf/gabi4+/ch4.eheader.html>
const ELF_64: &[u8] = b"\x7fELF\x02\x01";
const ELF_MACHINE: std::ops::Range<usize> = 18..20;
const ELF_AARCH64: &[u8] = &[0xB7, 0];

/// Start of a table of jitterentropy in AWS-LC (`jent_lag_global_cutoff_lookup`). A program with it
/// measures jitter of the processor at its start, against `.cargo/config.toml`.
const JITTER_TABLE: [u32; 4] = [66_443, 93_504, 104_761, 110_875];

/// Effort of the compression. Zopfli would save 1 to 2 per cent more than `Smallest`, in two
/// minutes each.
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

/// Returns the path of the zip of a domain.
pub(crate) fn path(folder: &Path, domain: &str) -> PathBuf {
    folder.join(format!("{domain}.zip"))
}

/// Returns true if the header is that of a program for Linux on arm64, and not for macOS or another
/// processor.
fn is_for_lambda(binary: &[u8]) -> bool {
    binary.starts_with(ELF_64) && binary.get(ELF_MACHINE) == Some(ELF_AARCH64)
}

/// Returns true if the program seeds its random numbers by measuring jitter of the processor.
fn measures_jitter(binary: &[u8]) -> bool {
    let table: Vec<_> = JITTER_TABLE.into_iter().flat_map(u32::to_le_bytes).collect();
    binary.windows(table.len()).any(|bytes| bytes == table)
}

/// Packs `binary`, and returns the sizes of binary and zip in bytes.
///
/// Fails if it is `for_lambda` but not a program for Lambda, or if it measures jitter.
pub(crate) fn pack(
    binary: &Path,
    file: &Path,
    effort: Effort,
    for_lambda: bool,
) -> Result<(u64, u64), String> {
    let bytes = fs::read(binary).map_err(|cause| format!("{}: {cause}", binary.display()))?;
    if for_lambda && !is_for_lambda(&bytes) {
        return Err(format!("{} is not a program for Linux on arm64", binary.display()));
    }
    if measures_jitter(&bytes) {
        return Err(format!(
            "{} measures jitter at its start: .cargo/config.toml did not reach aws-lc-sys",
            binary.display()
        ));
    }
    let zip = packed(&bytes, effort).map_err(|cause| format!("{}: {cause}", file.display()))?;
    fs::write(file, &zip).map_err(|cause| format!("{}: {cause}", file.display()))?;
    Ok((size(&bytes), size(&zip)))
}

fn size(bytes: &[u8]) -> u64 {
    bytes.len().try_into().unwrap_or(u64::MAX)
}

/// Returns the zip. Equal binaries give equal zips, so that unchanged functions are not updated.
/// The timestamp is therefore the earliest one of the format.
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

    /// Returns the first bytes of a program of this class, byte order and machine.
    fn header(class: u8, order: u8, machine: u8) -> Vec<u8> {
        let mut header = vec![0; 64];
        header[..6].copy_from_slice(&[0x7f, b'E', b'L', b'F', class, order]);
        header[18] = machine;
        header
    }

    #[test]
    fn only_a_64_bit_program_for_linux_on_arm64_is_for_lambda() {
        assert!(is_for_lambda(&header(2, 1, 0xB7)));
        let x86_64 = header(2, 1, 0x3E);
        let arm_of_32_bits = header(1, 1, 0x28);
        let big_endian = header(2, 2, 0xB7);
        let mut mach_o = header(2, 1, 0xB7);
        mach_o[..4].copy_from_slice(&[0xCF, 0xFA, 0xED, 0xFE]);
        for other in [x86_64, arm_of_32_bits, big_endian, mach_o, b"\x7fELF\x02\x01".to_vec()] {
            assert!(!is_for_lambda(&other), "{other:?}");
        }
    }

    /// Returns the error of packing these bytes, which must leave no zip.
    fn refusal(name: &str, bytes: &[u8], for_lambda: bool) -> String {
        let name = format!("trilho-{name}-{}", std::process::id());
        let binary = std::env::temp_dir().join(&name);
        let zip = binary.with_extension("zip");
        fs::write(&binary, bytes).expect("written");
        let error = pack(&binary, &zip, Effort::Fastest, for_lambda).expect_err("refused");
        fs::remove_file(&binary).expect("removed");
        assert!(!zip.exists());
        error
    }

    #[test]
    fn a_program_for_another_machine_is_not_packed_for_lambda() {
        let error = refusal("machine", &header(2, 1, 0x3E), true);
        assert!(error.contains("not a program for Linux on arm64"), "{error}");
    }

    #[test]
    fn a_program_that_measures_jitter_is_not_packed() {
        let table: Vec<_> = JITTER_TABLE.into_iter().flat_map(u32::to_le_bytes).collect();
        let program = [header(2, 1, 0xB7), table, b"the rest".to_vec()].concat();
        let error = refusal("jitter", &program, true);
        assert!(error.contains("measures jitter"), "{error}");
    }

    #[test]
    fn equal_binaries_give_equal_zips_that_lambda_can_start() {
        let binary = b"\x7fELF and the rest of a program, and the rest".repeat(100);
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
