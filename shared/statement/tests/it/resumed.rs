//! A file that is resumed after any line has the same bytes as a file written in one run.

use proptest::prelude::*;
use statement::{Format, Line, Progress, Statement, Writer};

use crate::samples;

/// Writes `cut` lines, stores only the bytes and the progress as JSON, and continues.
fn written_twice(format: Format, statement: &Statement, lines: &[Line], cut: usize) -> Vec<u8> {
    let mut out = Vec::new();
    let mut writer = Writer::begin(format, statement.clone(), &mut out);
    for line in &lines[..cut] {
        writer.line(line, &mut out).expect("the next line");
    }
    let stored = serde_json::to_string(writer.progress()).expect("JSON");
    drop(writer);
    let progress: Progress = serde_json::from_str(&stored).expect("the stored progress");
    assert_eq!(progress.lines(), u64::try_from(cut).expect("few"));
    let mut rest = Vec::new();
    let mut writer = Writer::resume(format, statement.clone(), progress);
    for line in &lines[cut..] {
        writer.line(line, &mut rest).expect("the next line");
    }
    writer.finish(&mut rest).expect("a whole chain");
    [out, rest].concat()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn a_file_resumed_anywhere_is_the_same_bytes((statement, lines) in samples::statement(6)) {
        for format in Format::ALL {
            let whole = samples::written(format, &statement, &lines);
            for cut in 0..=lines.len() {
                prop_assert_eq!(&written_twice(format, &statement, &lines, cut), &whole);
            }
        }
    }
}

#[test]
fn a_line_written_again_after_a_crash_is_refused() {
    let (statement, lines) = samples::november();
    let mut out = Vec::new();
    let mut writer = Writer::begin(Format::JsonLines, statement.clone(), &mut out);
    writer.line(&lines[0], &mut out).expect("the first line");
    let mut writer = Writer::resume(Format::JsonLines, statement, writer.progress().clone());
    let length = out.len();
    assert!(writer.line(&lines[0], &mut out).is_err());
    assert_eq!(out.len(), length);
}

#[test]
fn the_progress_of_another_statement_does_not_close() {
    let (mut statement, lines) = samples::november();
    let mut out = Vec::new();
    let mut writer = Writer::begin(Format::CsvBr, statement.clone(), &mut out);
    for line in &lines {
        writer.line(line, &mut out).expect("the next line");
    }
    statement.opening_cents += 1;
    let writer = Writer::resume(Format::CsvBr, statement, writer.progress().clone());
    assert!(writer.finish(&mut out).is_err());
}
