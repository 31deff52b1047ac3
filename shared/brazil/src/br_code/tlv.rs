//! The objects of a BR Code: a two-digit identifier, a two-digit length, and a value.

use super::error::BrCodeError;

/// The objects of a code or of a template, in their order, each at most once.
pub(super) struct Objects<'a>(Vec<(&'a str, &'a str)>);

impl<'a> Objects<'a> {
    /// Divides ASCII text into objects. Lengths are in characters, which in ASCII are bytes.
    pub(super) fn read(text: &'a str) -> Result<Self, BrCodeError> {
        let mut objects = Self(Vec::new());
        let mut rest = text;
        while !rest.is_empty() {
            let (id, after) = take(rest, 2)?;
            let (length, after) = take(after, 2)?;
            let length = two_digits(length)?;
            two_digits(id)?;
            if length == 0 {
                return Err(BrCodeError::Malformed);
            }
            let (value, after) = take(after, length)?;
            if objects.get(id).is_some() {
                return Err(BrCodeError::Repeated { id: id.to_owned() });
            }
            objects.0.push((id, value));
            rest = after;
        }
        Ok(objects)
    }

    /// Returns the value of an object. Returns `None` if it is missing.
    pub(super) fn get(&self, id: &str) -> Option<&'a str> {
        self.0.iter().find(|object| object.0 == id).map(|object| object.1)
    }

    /// Returns the value of a required object.
    pub(super) fn require(&self, id: &'static str) -> Result<&'a str, BrCodeError> {
        self.get(id).ok_or(BrCodeError::Missing { id })
    }

    /// Returns the identifier of the first object.
    pub(super) fn first(&self) -> Option<&'a str> {
        self.0.first().map(|object| object.0)
    }

    /// Returns the identifier of the last object.
    pub(super) fn last(&self) -> Option<&'a str> {
        self.0.last().map(|object| object.0)
    }

    /// Returns the values of the identifiers from `low` to `high`, both included. Two digits sort as
    /// numbers do.
    pub(super) fn between(&self, low: &str, high: &str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |object| (low..=high).contains(&object.0)).map(|object| object.1)
    }
}

/// Adds an object to a code or a template. The value is ASCII and has at most 99 characters, because
/// no limit of this module is larger.
pub(super) fn write(code: &mut String, id: &str, value: &str) {
    code.push_str(&format!("{id}{:02}{value}", value.len()));
}

fn take(text: &str, length: usize) -> Result<(&str, &str), BrCodeError> {
    text.split_at_checked(length).ok_or(BrCodeError::Malformed)
}

fn two_digits(text: &str) -> Result<usize, BrCodeError> {
    // `parse` would also accept a sign, which is not a digit.
    if !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(BrCodeError::Malformed);
    }
    text.parse().map_err(|_| BrCodeError::Malformed)
}
