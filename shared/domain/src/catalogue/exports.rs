//! Examples of the events of a statement export.

use super::scene::BUILT_IN;
use crate::event::Event;
use crate::kernel::{AccountId, ExportId, Id, Moment, Period, UserId, Zone};
use crate::statement::{
    CsvDialect, ExportFormat, ExportReason, NewExport, StatementExport, StatementFile,
};

pub(super) fn examples(account_id: AccountId, begin: &Moment) -> Vec<Event> {
    let period = Period {
        from: "2026-10-01".parse().expect(BUILT_IN),
        until: "2026-10-31".parse().expect(BUILT_IN),
        time_zone: Zone::default(),
    };
    let new = NewExport {
        period,
        format: ExportFormat::Csv,
        dialect: Some(CsvDialect::Br),
        origin: "https://api.example.com".to_owned(),
        schedule_id: None,
    };
    let author = (account_id, UserId::mint(begin));
    let claimed = || {
        let id = ExportId::mint(begin);
        let mut export = StatementExport::open(id, author, new.clone(), begin.now);
        export.claim(begin.now).expect(BUILT_IN);
        export
    };
    let (mut written, mut failed) = (claimed(), claimed());
    let file = StatementFile {
        name: written.file_name(),
        bytes: 412,
        sha256: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08".to_owned(),
        entries: 2,
        opening_balance_cents: 150_000,
        credits_cents: 4_990,
        debits_cents: 50,
        closing_balance_cents: 154_940,
    };
    let mut events = written.finish(file, begin).expect(BUILT_IN).events;
    let failed = failed.fail(ExportReason::NotWrittenInTime, begin).expect(BUILT_IN);
    events.extend(failed.events);
    events
}
