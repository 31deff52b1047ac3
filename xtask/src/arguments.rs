//! What was written after the task.

use std::collections::BTreeMap;

use lexopt::{Arg, Error, Parser};

/// The options given, by name.
#[derive(Debug, Default)]
pub(crate) struct OptionValues(BTreeMap<String, Vec<String>>);

impl OptionValues {
    /// Reads to the end: `values` take one each, `flags` none, and anything else is refused.
    pub(crate) fn parse(
        arguments: &mut Parser,
        values: &[&str],
        flags: &[&str],
    ) -> Result<Self, Error> {
        let mut given = Self::default();
        while let Some(argument) = arguments.next()? {
            let name = match argument {
                Arg::Long(name) if values.contains(&name) || flags.contains(&name) => {
                    name.to_owned()
                }
                other => return Err(other.unexpected()),
            };
            let value = if values.contains(&name.as_str()) {
                Some(arguments.value()?.into_string().map_err(Error::NonUnicodeValue)?)
            } else {
                None
            };
            given.0.entry(name).or_default().extend(value);
        }
        Ok(given)
    }

    /// Whether the flag is there.
    pub(crate) fn flag(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// The last value given to this option.
    pub(crate) fn value(&self, name: &str) -> Option<String> {
        self.values(name).last().cloned()
    }

    /// Every value given to this option.
    pub(crate) fn values(&self, name: &str) -> &[String] {
        self.0.get(name).map(Vec::as_slice).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn given(line: &str) -> Result<OptionValues, Error> {
        let mut parser = Parser::from_args(line.split_whitespace());
        OptionValues::parse(&mut parser, &["stage", "parameter"], &["yes"])
    }

    #[test]
    fn both_ways_to_write_a_value_are_taken_and_the_last_one_counts() {
        let given = given("--stage=live --yes --stage sandbox --parameter A=1 --parameter B=a=b");
        let given = given.expect("it parses");
        assert_eq!(given.value("stage").as_deref(), Some("sandbox"));
        assert_eq!(given.values("parameter"), ["A=1", "B=a=b"]);
        assert!(given.flag("yes") && !given.flag("no"));
    }

    #[test]
    fn what_is_not_known_is_refused() {
        for line in ["--stag live", "live", "-y", "--yes=1", "--stage"] {
            assert!(given(line).is_err(), "{line}");
        }
    }
}
