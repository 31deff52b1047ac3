//! What the code of a module says: its imports and the paths it mentions.

use std::collections::BTreeSet;

use syn::buffer::{Cursor, TokenBuffer};
use syn::ext::IdentExt;
use syn::punctuated::Punctuated;
use syn::visit::{self, Visit};
use syn::{Attribute, Expr, Ident, ImplItem, Item, LitStr, Meta, Token, TraitItem, UseTree};

/// The keys of attributes whose text is a path or a type.
const PATH_KEYS: [&str; 9] = [
    "default",
    "deserialize_with",
    "from",
    "into",
    "remote",
    "schema_with",
    "serialize_with",
    "try_from",
    "with",
];

/// Which names are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum NameKind {
    /// Types, values and modules.
    Item,
    /// Macros.
    Macro,
    /// All of them, as an import asks.
    Any,
}

/// One name of a `use`.
#[derive(Debug)]
pub(crate) struct Import {
    /// The name it gives; none for a glob.
    pub(crate) name: Option<String>,
    /// Where it is from.
    pub(crate) path: Vec<String>,
    /// Whether it is `pub`, to any degree.
    pub(crate) reexport: bool,
}

/// A path in the code of a module.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct PathMention {
    /// Its names.
    pub(crate) path: Vec<String>,
    /// What the last name is.
    pub(crate) kind: NameKind,
    /// Whether it counts when it leads to a module and no further.
    pub(crate) modules: bool,
}

/// What the code of a module says.
#[derive(Debug, Default)]
pub(crate) struct ModuleCode {
    /// Its imports. Those in functions are here as well, as if they stood outside.
    pub(crate) imports: Vec<Import>,
    /// The paths in its code.
    pub(crate) mentions: BTreeSet<PathMention>,
    /// The words given to macros that stand among the items: these may be names they define.
    pub(crate) made: BTreeSet<String>,
}

impl ModuleCode {
    /// Adds what an item says. It must not be a module.
    pub(crate) fn add(&mut self, item: &Item) {
        if let Item::Macro(item) = item {
            self.note_words(TokenBuffer::new2(item.mac.tokens.clone()).begin());
        }
        let among_items = matches!(item, Item::Macro(_));
        CodeReader { code: self, among_items }.visit_item(item);
    }

    fn note_words(&mut self, mut cursor: Cursor<'_>) {
        while !cursor.eof() {
            if let Some((inside, _, _, rest)) = cursor.any_group() {
                self.note_words(inside);
                cursor = rest;
            } else if let Some((word, rest)) = cursor.ident() {
                self.made.insert(name_of(&word));
                cursor = rest;
            } else if let Some((_, rest)) = cursor.token_tree() {
                cursor = rest;
            }
        }
    }

    fn mention(&mut self, path: Vec<String>, kind: NameKind, modules: bool) {
        let keywords = ["crate", "self", "super"];
        if path.iter().any(|name| !keywords.contains(&name.as_str())) {
            self.mentions.insert(PathMention { path, kind, modules });
        }
    }

    fn import(&mut self, tree: &UseTree, before: &[String], reexport: bool) {
        let mut path = before.to_vec();
        let name = match tree {
            UseTree::Path(tree) => {
                path.push(name_of(&tree.ident));
                return self.import(&tree.tree, &path, reexport);
            }
            UseTree::Group(tree) => {
                return tree.items.iter().for_each(|tree| self.import(tree, &path, reexport));
            }
            UseTree::Name(tree) => {
                path.extend(Some(name_of(&tree.ident)).filter(|name| name != "self"));
                path.last().cloned()
            }
            UseTree::Rename(tree) => {
                path.extend(Some(name_of(&tree.ident)).filter(|name| name != "self"));
                Some(name_of(&tree.rename))
            }
            UseTree::Glob(_) => None,
        };
        self.imports.push(Import { name, path, reexport });
    }
}

/// Returns the name without `r#`.
pub(crate) fn name_of(ident: &Ident) -> String {
    ident.unraw().to_string()
}

/// Returns true if only tests compile what has these attributes.
pub(crate) fn is_test(attributes: &[Attribute]) -> bool {
    attributes
        .iter()
        .filter(|attribute| attribute.path().is_ident("cfg"))
        .any(|attribute| attribute.parse_args().is_ok_and(|condition| needs_test(&condition)))
}

fn needs_test(condition: &Meta) -> bool {
    let Meta::List(list) = condition else { return condition.path().is_ident("test") };
    let inner = list.parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated);
    let inner = inner.unwrap_or_default();
    list.path.is_ident("all") && inner.iter().any(needs_test)
        || list.path.is_ident("any") && !inner.is_empty() && inner.iter().all(needs_test)
}

/// Returns the attributes of an item and the name it has.
pub(crate) fn parts(item: &Item) -> (&[Attribute], Option<String>) {
    let (attributes, ident) = match item {
        Item::Const(item) => (&item.attrs, Some(&item.ident)),
        Item::Enum(item) => (&item.attrs, Some(&item.ident)),
        Item::ExternCrate(item) => (&item.attrs, None),
        Item::Fn(item) => (&item.attrs, Some(&item.sig.ident)),
        Item::ForeignMod(item) => (&item.attrs, None),
        Item::Impl(item) => (&item.attrs, None),
        Item::Macro(item) => (&item.attrs, item.ident.as_ref()),
        Item::Mod(item) => (&item.attrs, Some(&item.ident)),
        Item::Static(item) => (&item.attrs, Some(&item.ident)),
        Item::Struct(item) => (&item.attrs, Some(&item.ident)),
        Item::Trait(item) => (&item.attrs, Some(&item.ident)),
        Item::TraitAlias(item) => (&item.attrs, Some(&item.ident)),
        Item::Type(item) => (&item.attrs, Some(&item.ident)),
        Item::Union(item) => (&item.attrs, Some(&item.ident)),
        Item::Use(item) => (&item.attrs, None),
        _ => return (&[], None),
    };
    (attributes, ident.map(name_of))
}

/// Reads the code of a module.
struct CodeReader<'a> {
    code: &'a mut ModuleCode,
    /// It reads a macro that stands among the items.
    among_items: bool,
}

impl<'ast> Visit<'ast> for CodeReader<'_> {
    fn visit_item(&mut self, item: &'ast Item) {
        if !is_test(parts(item).0) {
            visit::visit_item(self, item);
        }
    }

    fn visit_impl_item(&mut self, item: &'ast ImplItem) {
        let attributes = match item {
            ImplItem::Const(item) => &item.attrs,
            ImplItem::Fn(item) => &item.attrs,
            ImplItem::Type(item) => &item.attrs,
            _ => &Vec::new(),
        };
        if !is_test(attributes) {
            visit::visit_impl_item(self, item);
        }
    }

    fn visit_trait_item(&mut self, item: &'ast TraitItem) {
        if !matches!(item, TraitItem::Fn(item) if is_test(&item.attrs)) {
            visit::visit_trait_item(self, item);
        }
    }

    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        // No name is empty, so this leads outside of the crate.
        let before = if item.leading_colon.is_some() { vec![String::new()] } else { Vec::new() };
        let reexport = !matches!(item.vis, syn::Visibility::Inherited);
        self.code.import(&item.tree, &before, reexport);
    }

    fn visit_visibility(&mut self, _: &'ast syn::Visibility) {}

    fn visit_attribute(&mut self, attribute: &'ast Attribute) {
        if let Meta::List(list) = &attribute.meta {
            self.tokens(TokenBuffer::new2(list.tokens.clone()).begin(), &[], false);
        }
    }

    fn visit_macro(&mut self, called: &'ast syn::Macro) {
        self.path(&called.path, NameKind::Macro);
        let tokens = TokenBuffer::new2(called.tokens.clone());
        self.tokens(tokens.begin(), &[], self.among_items);
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        self.path(path, NameKind::Item);
        visit::visit_path(self, path);
    }

    fn visit_expr(&mut self, expression: &'ast Expr) {
        match expression {
            Expr::Verbatim(tokens) => {
                self.tokens(TokenBuffer::new2(tokens.clone()).begin(), &[], false);
            }
            _ => visit::visit_expr(self, expression),
        }
    }
}

impl CodeReader<'_> {
    fn path(&mut self, path: &syn::Path, kind: NameKind) {
        if path.leading_colon.is_none() {
            let names: Vec<_> = path.segments.iter().map(|one| name_of(&one.ident)).collect();
            let modules = names.len() > 1;
            self.code.mention(names, kind, modules);
        }
    }

    /// Reads tokens of an unknown grammar. Everything that looks like a path counts as one.
    ///
    /// Inside the braces of a `use`, `before` is what the paths begin with.
    /// With `declares`, a module alone counts, as in a list of modules.
    fn tokens(&mut self, mut cursor: Cursor<'_>, before: &[String], declares: bool) {
        let mut mark = ' ';
        let mut key = String::new();
        while !cursor.eof() {
            if let Some((inside, _, _, rest)) = cursor.any_group() {
                self.tokens(inside, &[], false);
                (cursor, mark) = (rest, ' ');
            } else if cursor.ident().is_some() {
                let (names, is_open, rest) = names_at(cursor);
                let path = [before, names.as_slice()].concat();
                let renames = !before.is_empty() && (key == "as" || names[0] == "as");
                key = names[names.len() - 1].clone();
                (cursor, mark) = match rest.any_group() {
                    Some((inside, _, _, rest)) if is_open => {
                        self.tokens(inside, &path, false);
                        (rest, ' ')
                    }
                    _ => {
                        if mark != '.' && (mark != '$' || path[0] == "crate") && !renames {
                            self.token_path(path, rest, declares);
                        }
                        (rest, ' ')
                    }
                };
            } else if let Some((punctuation, rest)) = cursor.punct() {
                let next = punctuation.as_char();
                // Two dots are a range, and what follows is no field.
                mark = if mark == '.' && next == '.' { ' ' } else { next };
                cursor = rest;
            } else if let Some((literal, rest)) = cursor.literal() {
                if mark == '=' && PATH_KEYS.contains(&key.as_str()) {
                    self.text(&literal.to_string());
                }
                (cursor, mark) = (rest, ' ');
            } else {
                let lifetime = cursor.lifetime().map(|(_, rest)| rest);
                let other = lifetime.or_else(|| cursor.token_tree().map(|(_, rest)| rest));
                (cursor, mark) = (other.expect("there is more"), ' ');
            }
        }
    }

    fn token_path(&mut self, mut path: Vec<String>, rest: Cursor<'_>, declares: bool) {
        let mark = rest.punct().map(|(mark, rest)| (mark.as_char(), rest));
        let calls = mark.is_some_and(|(mark, rest)| mark == '!' && rest.any_group().is_some());
        let is_field = path.len() == 1 && mark.is_some_and(|(mark, _)| mark == ':');
        if is_field && !declares {
            return;
        }
        if path.len() > 1 && path.ends_with(&["self".to_owned()]) {
            path.pop();
        }
        let modules = declares || path.len() > 1;
        self.code.mention(path, if calls { NameKind::Macro } else { NameKind::Item }, modules);
    }

    /// Reads the text of an attribute, as `with = "module::function"`.
    fn text(&mut self, literal: &str) {
        let text = syn::parse_str::<LitStr>(literal);
        if let Ok(named) = text.and_then(|text| text.parse::<syn::Type>()) {
            self.visit_type(&named);
        }
    }
}

/// Reads the names of a path. Also returns whether `::` follows them, and what comes next.
fn names_at(mut cursor: Cursor<'_>) -> (Vec<String>, bool, Cursor<'_>) {
    let mut names = Vec::new();
    while let Some((name, rest)) = cursor.ident() {
        names.push(name_of(&name));
        cursor = rest;
        let colon =
            |cursor: Cursor<'_>| matches!(cursor.punct(), Some((mark, _)) if mark.as_char() == ':');
        match rest.punct() {
            Some((_, second)) if colon(rest) && colon(second) => {
                cursor = second.punct().expect("it is a colon").1;
            }
            _ => return (names, false, cursor),
        }
    }
    (names, true, cursor)
}
