//! The options after the name of the task.

use std::collections::BTreeMap;

use lexopt::{Arg, Error, Parser};

/// The options, by name.
#[derive(Debug, Default)]
pub(crate) struct OptionValues(BTreeMap<String, Vec<String>>);

impl OptionValues {
    /// Reads all options. An option of `values` takes a value, one of `flags` takes none, and any
    /// other is refused.
    pub(crate) fn parse(
        arguments: &mut Parser,
        values: &[&str],
        flags: &[&str],
    ) -> Result<Self, Error> {
        let mut options = Self::default();
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
            options.0.entry(name).or_default().extend(value);
        }
        Ok(options)
    }

    /// Returns true if the flag was given.
    pub(crate) fn flag(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// Returns the last value of this option.
    pub(crate) fn value(&self, name: &str) -> Option<String> {
        self.values(name).last().cloned()
    }

    /// Returns every value of this option.
    pub(crate) fn values(&self, name: &str) -> &[String] {
        self.0.get(name).map(Vec::as_slice).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Result<OptionValues, Error> {
        let mut parser = Parser::from_args(line.split_whitespace());
        OptionValues::parse(&mut parser, &["stage", "parameter"], &["yes"])
    }

    #[test]
    fn a_value_can_be_written_in_two_ways_and_the_last_one_counts() {
        let options = parse("--stage=live --yes --stage sandbox --parameter A=1 --parameter B=a=b");
        let options = options.expect("it parses");
        assert_eq!(options.value("stage").as_deref(), Some("sandbox"));
        assert_eq!(options.values("parameter"), ["A=1", "B=a=b"]);
        assert!(options.flag("yes") && !options.flag("no"));
    }

    #[test]
    fn an_unknown_option_is_refused() {
        for line in ["--stag live", "live", "-y", "--yes=1", "--stage"] {
            assert!(parse(line).is_err(), "{line}");
        }
    }
}
