//! Writes the same lines in every format to a folder, for `.ci/statements.py`.
//!
//! `cargo run --package statement --example sample FOLDER`

mod books;

use std::error::Error;
use std::path::PathBuf;
use std::{env, fs};

use statement::{Format, Writer};

const LINES: u64 = 200;

fn main() -> Result<(), Box<dyn Error>> {
    let folder = PathBuf::from(env::args_os().nth(1).ok_or("name a folder")?);
    fs::create_dir_all(&folder)?;
    for format in Format::ALL {
        for lines in [LINES, 0] {
            let mut out = Vec::new();
            let mut writer = Writer::begin(format, books::statement(lines), &mut out);
            for line in books::lines(lines) {
                writer.line(&line, &mut out)?;
            }
            writer.finish(&mut out)?;
            let name = format!("{}-{lines}", format.as_str());
            fs::write(folder.join(name), out)?;
        }
    }
    Ok(())
}
