//! Times in answers, events and stored views.
use jiff::Timestamp;
use serde::Serializer;

/// Writes a time with three decimals, always: `2026-11-28T12:00:00.000Z`. So times sort as texts
/// (RFC 3339, 5.1), and every reader can parse them. No time is null.
pub fn milliseconds<T, S>(time: &T, serializer: S) -> Result<S::Ok, S::Error>
where
    T: Copy + Into<Option<Timestamp>>,
    S: Serializer,
{
    match (*time).into() {
        Some(time) => serializer.collect_str(&format_args!("{time:.3}")),
        None => serializer.serialize_none(),
    }
}

#[cfg(test)]
mod tests {
    use serde::Serialize;
    use serde_json::json;

    use super::*;

    #[derive(Serialize)]
    struct Pair {
        #[serde(serialize_with = "milliseconds")]
        at: Timestamp,
        #[serde(serialize_with = "milliseconds")]
        until: Option<Timestamp>,
    }

    #[test]
    fn a_time_has_three_decimals() {
        for (at, expected) in [
            (0, "1970-01-01T00:00:00.000Z"),
            (1_784_980_799_780, "2026-07-25T11:59:59.780Z"),
            (1_784_980_799_789, "2026-07-25T11:59:59.789Z"),
        ] {
            let at = Timestamp::from_millisecond(at).expect("in range");
            let pair = json!(Pair { at, until: Some(at) });
            assert_eq!(pair, json!({ "at": expected, "until": expected }));
            assert_eq!(json!(Pair { at, until: None })["until"], json!(null));
        }
    }
}
