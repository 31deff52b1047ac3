//! Names every field of an input with a wrong type, from the schema that the API document shows.
//!
//! serde stops at the first fault and speaks of types of Rust. So when serde has refused an input, this
//! check reads the whole of it again and explains all its faults in words of the API (docs/adr/0025). It
//! never decides whether an input is accepted.

use domain::kernel::{Flaw, Violation, nearest};
use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde_json::{Map, Value};

use crate::instant;
use crate::strict::whole;

/// Maximum number of violations in an answer. The reader of a file with one mistake per line needs no
/// more to find it.
const VIOLATIONS_MAX: usize = 100;

/// How the values of an input are written.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum InputFormat {
    /// JSON.
    Json,
    /// Texts of a query.
    Query,
}

/// Returns the violations of the types of an input.
pub(crate) fn check<I: JsonSchema>(input: &Value, form: InputFormat) -> Vec<Violation> {
    let settings = SchemaSettings::draft2020_12().for_deserialize();
    let root = settings.into_generator().into_root_schema_for::<I>().to_value();
    let mut checker = Checker { root: &root, form, violations: Vec::new() };
    checker.visit("", &root, input);
    checker.violations
}

struct Checker<'a> {
    root: &'a Value,
    form: InputFormat,
    violations: Vec<Violation>,
}

impl<'a> Checker<'a> {
    fn visit(&mut self, path: &str, schema: &'a Value, value: &Value) {
        if self.violations.len() >= VIOLATIONS_MAX {
            return;
        }
        let schema = self.resolve(schema);
        if value.is_null() && self.allows_null(schema) {
            return;
        }
        let words = words(schema);
        if !words.is_empty() {
            return self.word(path, &words, value);
        }
        if let Some(choice) = self.choice(schema) {
            return self.visit(path, choice, value);
        }
        match kind(schema) {
            "object" => self.object(path, schema, value),
            "array" => self.array(path, schema, value),
            "integer" => self.integer(path, schema, value),
            "boolean" => self.boolean(path, value),
            "string" => self.string(path, schema, value),
            // The schema allows any value.
            _ => {}
        }
    }

    /// Returns the definition that a reference names.
    fn resolve(&self, schema: &'a Value) -> &'a Value {
        let name = schema["$ref"].as_str().and_then(|name| name.strip_prefix('#'));
        name.and_then(|name| self.root.pointer(name)).unwrap_or(schema)
    }

    fn allows_null(&self, schema: &'a Value) -> bool {
        let is_null = |value: &Value| value == "null" || value.is_null();
        let listed =
            |name: &str| schema[name].as_array().is_some_and(|all| all.iter().any(is_null));
        listed("type")
            || listed("enum")
            || branches(schema).any(|branch| self.resolve(branch)["type"] == "null")
    }

    /// Returns the only form of a value that can also be null.
    fn choice(&self, schema: &'a Value) -> Option<&'a Value> {
        let mut branches = branches(schema).filter(|branch| self.resolve(branch)["type"] != "null");
        branches.next().filter(|_| branches.next().is_none())
    }

    fn object(&mut self, path: &str, schema: &'a Value, value: &Value) {
        let Some(fields) = value.as_object() else {
            return self.add(path, Flaw::WrongType, "must be an object");
        };
        let properties = schema["properties"].as_object();
        let required = schema["required"].as_array().into_iter().flatten();
        for name in required.filter_map(Value::as_str).filter(|name| !fields.contains_key(*name)) {
            let detail = format!("the field `{name}` is missing; add it");
            self.add(&child(path, name), Flaw::Required, detail);
        }
        for (name, value) in fields {
            let path = child(path, name);
            match (properties.and_then(|all| all.get(name)), &schema["additionalProperties"]) {
                (Some(schema), _) => self.visit(&path, schema, value),
                (None, Value::Bool(false)) => {
                    let names = properties.into_iter().flat_map(Map::keys).map(String::as_str);
                    let names: Vec<_> = names.collect();
                    self.add(&path, Flaw::UnknownField, unknown("field", name, &names));
                }
                (None, schema @ Value::Object(_)) => self.visit(&path, schema, value),
                (None, _) => {}
            }
        }
    }

    fn array(&mut self, path: &str, schema: &'a Value, value: &Value) {
        let Some(items) = value.as_array() else {
            return self.add(path, Flaw::WrongType, "must be a list");
        };
        for (index, item) in items.iter().enumerate() {
            self.visit(&format!("{path}[{index}]"), &schema["items"], item);
        }
    }

    fn integer(&mut self, path: &str, schema: &Value, value: &Value) {
        let number = match (self.form, value) {
            (InputFormat::Query, Value::String(text)) => text.parse().ok(),
            (_, Value::Number(number)) => {
                number.as_i128().or_else(|| number.as_f64().and_then(whole).map(i128::from))
            }
            _ => None,
        };
        let is_amount = path.ends_with("_cents");
        match number {
            None => {
                let quotes = if self.form == InputFormat::Json && value.is_string() {
                    " without quotes"
                } else {
                    ""
                };
                let amount = if is_amount {
                    "; amounts are in cents, such as 1990 for R$ 19,90"
                } else {
                    ""
                };
                self.add(path, self.wrong(), format!("must be an integer{quotes}{amount}"));
            }
            Some(number) => {
                let (min, max) = range(schema);
                if !(min..=max).contains(&number) {
                    let unit = if is_amount { " number of cents" } else { "" };
                    let detail = format!("must be an integer{unit} from {min} to {max}");
                    self.add(path, Flaw::OutOfRange, detail);
                }
            }
        }
    }

    fn boolean(&mut self, path: &str, value: &Value) {
        let is_boolean = match self.form {
            InputFormat::Json => value.is_boolean(),
            InputFormat::Query => value == "true" || value == "false",
        };
        if !is_boolean {
            self.add(path, self.wrong(), "must be true or false, without quotes");
        }
    }

    fn string(&mut self, path: &str, schema: &Value, value: &Value) {
        let format = schema["format"].as_str().unwrap_or_default();
        let Some(text) = value.as_str() else {
            let detail = match format {
                "date-time" => instant::EXPECTED,
                "date" => instant::DATE_EXPECTED,
                _ => "must be a text, in quotes",
            };
            return self.add(path, Flaw::WrongType, detail);
        };
        let allows_date = schema.get(instant::DATE_KEYWORD).is_some();
        let flaw = match format {
            "date-time" => instant::instant_flaw(text, allows_date),
            "date" => instant::date_flaw(text),
            _ => None,
        };
        if let Some(detail) = flaw {
            self.add(path, Flaw::InvalidFormat, detail);
        }
    }

    fn word(&mut self, path: &str, words: &[&str], value: &Value) {
        match value.as_str() {
            Some(word) if words.contains(&word) => {}
            Some(word) => self.add(path, Flaw::UnknownValue, unknown("value", word, words)),
            None => self.add(
                path,
                Flaw::WrongType,
                format!("must be a text, one of: {}", listed(words)),
            ),
        }
    }

    /// Returns the code for a value of another type: in a query every value is a text.
    fn wrong(&self) -> Flaw {
        match self.form {
            InputFormat::Json => Flaw::WrongType,
            InputFormat::Query => Flaw::InvalidFormat,
        }
    }

    fn add(&mut self, path: &str, flaw: Flaw, detail: impl Into<String>) {
        if self.violations.len() < VIOLATIONS_MAX {
            self.violations.push(Violation::new(path, flaw, detail));
        }
    }
}

/// Returns the sentence for a name or word that does not exist.
fn unknown(what: &str, word: &str, words: &[&str]) -> String {
    if words.is_empty() {
        return format!("unknown {what} `{word}`; leave it out");
    }
    match nearest(word, words.iter().copied()) {
        Some(near) => format!("unknown {what} `{word}`; did you mean `{near}`?"),
        None => format!("unknown {what} `{word}`; send one of: {}", listed(words)),
    }
}

fn listed(words: &[&str]) -> String {
    words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ")
}

fn child(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
}

fn branches(schema: &Value) -> impl Iterator<Item = &Value> {
    ["anyOf", "oneOf"].into_iter().filter_map(|name| schema[name].as_array()).flatten()
}

/// Returns the type of a value that is not null.
fn kind(schema: &Value) -> &str {
    match &schema["type"] {
        Value::Array(kinds) => {
            kinds.iter().filter_map(Value::as_str).find(|kind| *kind != "null").unwrap_or_default()
        }
        kind => kind.as_str().unwrap_or_default(),
    }
}

/// Returns the words of a closed list, with or without a description of each. Returns none if the value
/// is not from a closed list.
fn words(schema: &Value) -> Vec<&str> {
    let listed = schema["enum"].as_array().into_iter().flatten().filter_map(Value::as_str);
    let mut words: Vec<_> = listed.chain(schema["const"].as_str()).collect();
    for branch in branches(schema).filter(|branch| branch["type"] != "null") {
        let more = self::words(branch);
        if more.is_empty() {
            return Vec::new();
        }
        words.extend(more);
    }
    words
}

/// Returns the smallest and the largest integer of a schema.
fn range(schema: &Value) -> (i128, i128) {
    let bound = |name: &str| {
        let value = &schema[name];
        value.as_number().and_then(|number| {
            number.as_i128().or_else(|| number.as_f64().and_then(whole).map(i128::from))
        })
    };
    let (min, max) = match schema["format"].as_str() {
        Some("uint8") => (0, u8::MAX.into()),
        Some("uint16") => (0, u16::MAX.into()),
        Some("uint32") => (0, u32::MAX.into()),
        Some("int64") => (i64::MIN.into(), i64::MAX.into()),
        _ => (0, u64::MAX.into()),
    };
    (bound("minimum").unwrap_or(min), bound("maximum").unwrap_or(max))
}
