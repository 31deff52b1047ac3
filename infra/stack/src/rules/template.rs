//! A CloudFormation template as a tree, with short tags in their long form: `!Ref Pepper` is
//! `{"Ref": "Pepper"}`, `!GetAtt Pepper.Arn` is `{"Fn::GetAtt": "Pepper.Arn"}`.

use saphyr::{LoadableYamlNode, Scalar, Yaml};
use serde_json::{Map, Value};

/// A template that cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum TemplateError {
    /// Not YAML.
    #[error("infra/{0}: {1}")]
    Form(String, saphyr::ScanError),
    /// YAML that no template has: an alias, a key that is a list, an empty file.
    #[error("infra/{0} has YAML that a template cannot have")]
    Foreign(String),
    /// The root is missing.
    #[error("template.yaml is not among the templates")]
    Rootless,
}

/// A template.
#[derive(Debug, Clone)]
pub(crate) struct Template {
    /// Path below `infra`.
    pub(crate) name: String,
    body: Value,
}

/// A resource of a template.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Resource<'a> {
    pub(crate) template: &'a Template,
    /// Logical id.
    pub(crate) id: &'a str,
    pub(crate) body: &'a Value,
}

impl Template {
    pub(crate) fn read(name: &str, text: &str) -> Result<Self, TemplateError> {
        let documents = Yaml::load_from_str(text)
            .map_err(|error| TemplateError::Form(name.to_owned(), error))?;
        let body = documents.first().and_then(tree).filter(Value::is_object);
        let body = body.ok_or_else(|| TemplateError::Foreign(name.to_owned()))?;
        Ok(Self { name: name.to_owned(), body })
    }

    pub(crate) fn section(&self, name: &str) -> &Value {
        &self.body[name]
    }

    pub(crate) fn resources(&self) -> impl Iterator<Item = Resource<'_>> {
        let all = self.body["Resources"].as_object().into_iter().flatten();
        all.map(|(id, body)| Resource { template: self, id, body })
    }

    pub(crate) fn resource(&self, id: &str) -> Option<Resource<'_>> {
        self.resources().find(|resource| resource.id == id)
    }
}

impl<'a> Resource<'a> {
    pub(crate) fn property(self, name: &str) -> &'a Value {
        &self.body["Properties"][name]
    }

    pub(crate) fn is(self, kind: &str) -> bool {
        self.body["Type"] == kind
    }

    /// Returns true if the resource is kept when the stack is deleted and when the resource is
    /// replaced.
    pub(crate) fn is_retained(self) -> bool {
        let kept = ["Retain", "RetainExceptOnCreate"];
        let kept = kept.iter().any(|policy| self.body["DeletionPolicy"] == *policy);
        kept && self.body["UpdateReplacePolicy"] == "Retain"
    }
}

/// Returns the items of a list. CloudFormation also accepts a single value as a list of one.
pub(crate) fn list(value: &Value) -> Vec<&Value> {
    match value {
        Value::Null => Vec::new(),
        Value::Array(items) => items.iter().collect(),
        one => vec![one],
    }
}

/// Returns every text in the value, at any depth.
pub(crate) fn texts(value: &Value) -> Vec<&str> {
    match value {
        Value::String(text) => vec![text],
        Value::Array(items) => items.iter().flat_map(texts).collect(),
        Value::Object(fields) => fields.values().flat_map(texts).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) => Vec::new(),
    }
}

/// Returns the logical id that `!Ref` or `!GetAtt` names.
pub(crate) fn referred(value: &Value) -> Option<&str> {
    let attribute = || value["Fn::GetAtt"].as_str()?.split('.').next();
    value["Ref"].as_str().or_else(attribute)
}

fn tree(node: &Yaml<'_>) -> Option<Value> {
    Some(match node {
        Yaml::Value(scalar) => match scalar {
            Scalar::Null => Value::Null,
            Scalar::Boolean(value) => Value::from(*value),
            Scalar::Integer(value) => Value::from(*value),
            Scalar::FloatingPoint(value) => Value::from(value.into_inner()),
            Scalar::String(value) => Value::from(value.as_ref()),
        },
        Yaml::Sequence(items) => Value::Array(items.iter().map(tree).collect::<Option<_>>()?),
        Yaml::Mapping(fields) => {
            let fields = fields.iter().map(|(key, value)| Some((text_of(key)?, tree(value)?)));
            Value::Object(fields.collect::<Option<Map<_, _>>>()?)
        }
        Yaml::Tagged(tag, node) => {
            let long = match tag.suffix.as_str() {
                short @ ("Ref" | "Condition") => short.to_owned(),
                function => format!("Fn::{function}"),
            };
            Value::Object(Map::from_iter([(long, tree(node)?)]))
        }
        Yaml::Representation(..) | Yaml::Alias(_) | Yaml::BadValue => return None,
    })
}

fn text_of(key: &Yaml<'_>) -> Option<String> {
    match tree(key)? {
        Value::String(text) => Some(text),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}
