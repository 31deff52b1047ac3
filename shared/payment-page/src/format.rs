//! Days, times and shares as Brazilians write them, in both languages.

use brazil::sao_paulo;
use jiff::Timestamp;
use jiff::civil::Date;

use crate::language::PageLanguage;

/// Returns a day: `28/11/2026`.
pub(crate) fn day(date: Date) -> String {
    date.strftime("%d/%m/%Y").to_string()
}

/// Returns a time in São Paulo: `28/11/2026 às 23:05 (horário de Brasília)`.
pub(crate) fn time(at: Timestamp, language: PageLanguage) -> String {
    let local = at.to_zoned(sao_paulo());
    let (date, clock) = (local.strftime("%d/%m/%Y"), local.strftime("%H:%M"));
    match language {
        PageLanguage::Portuguese => format!("{date} às {clock} (horário de Brasília)"),
        PageLanguage::English => format!("{date} at {clock} (Brasília time)"),
    }
}

/// Returns a share in hundredths of a per cent: `2%`, `0,33%`.
pub(crate) fn percent(basis_points: u32, language: PageLanguage) -> String {
    let (whole, rest) = (basis_points / 100, basis_points % 100);
    let point = if language == PageLanguage::Portuguese { ',' } else { '.' };
    match rest {
        0 => format!("{whole}%"),
        rest => format!("{whole}{point}{}%", format!("{rest:02}").trim_end_matches('0')),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_those_of_sao_paulo() {
        let at: Timestamp = "2026-11-29T02:05:09.123Z".parse().expect("a time");
        let portuguese = time(at, PageLanguage::Portuguese);
        assert_eq!(portuguese, "28/11/2026 às 23:05 (horário de Brasília)");
        assert_eq!(time(at, PageLanguage::English), "28/11/2026 at 23:05 (Brasília time)");
        assert_eq!(day(brazil::local_date(at)), "28/11/2026");
    }

    #[test]
    fn a_share_has_as_many_decimals_as_it_needs() {
        for (basis_points, expected) in
            [(200, "2%"), (33, "0,33%"), (250, "2,5%"), (1, "0,01%"), (10_000, "100%")]
        {
            assert_eq!(percent(basis_points, PageLanguage::Portuguese), expected);
        }
        assert_eq!(percent(250, PageLanguage::English), "2.5%");
    }
}
