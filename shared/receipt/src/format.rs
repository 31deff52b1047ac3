//! Times as Brazilians write them.

use brazil::sao_paulo;
use jiff::Timestamp;

/// Returns a time in São Paulo: `29/11/2026 às 11:05:09 (horário de Brasília, UTC-03)`.
pub(crate) fn date_time(at: Timestamp) -> String {
    let local = at.to_zoned(sao_paulo());
    let offset = local.strftime("%:::z");
    format!("{} (horário de Brasília, UTC{offset})", local.strftime("%d/%m/%Y às %H:%M:%S"))
}

/// Returns a time in São Paulo for programs: `2026-11-29T11:05:09-03:00`.
pub(crate) fn local_rfc3339(at: Timestamp) -> String {
    at.to_zoned(sao_paulo()).strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_those_of_sao_paulo_with_their_zone() {
        let at: Timestamp = "2026-11-29T02:05:09.123Z".parse().expect("a time");
        assert_eq!(date_time(at), "28/11/2026 às 23:05:09 (horário de Brasília, UTC-03)");
        assert_eq!(local_rfc3339(at), "2026-11-28T23:05:09-03:00");
        let summer: Timestamp = "2018-12-01T12:00:00Z".parse().expect("a time");
        assert_eq!(date_time(summer), "01/12/2018 às 10:00:00 (horário de Brasília, UTC-02)");
    }
}
