//! From names to the files that define them.

use std::collections::BTreeSet;

use super::code::{Import, NameKind};
use super::graph::Edges;
use super::tree::{Module, Tree};

/// What a path leads to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum ResolvedName {
    /// A definition in this file.
    Item(usize, String),
    /// A module of this crate.
    Module(usize),
    /// Something of another crate, or a local name.
    Outside,
}

/// Returns what each file uses of the others.
pub(crate) fn edges(tree: &Tree) -> Edges {
    let mut edges = Edges::new();
    for (index, module) in tree.modules.iter().enumerate() {
        for mention in &module.code.mentions {
            let found = Names::of(tree).resolve(index, &mention.path, mention.kind);
            connect(&mut edges, tree, module.file, &found, mention.modules);
        }
        for import in module.code.imports.iter().filter(|import| !import.reexport) {
            let found = Names::of(tree).resolve(index, &import.path, NameKind::Any);
            let modules = !is_only_passed(tree, module, import, &found);
            connect(&mut edges, tree, module.file, &found, modules);
        }
    }
    edges
}

/// Adds what was found. A module counts where there is nothing better, if `modules` says so.
fn connect(
    edges: &mut Edges,
    tree: &Tree,
    from: usize,
    found: &BTreeSet<ResolvedName>,
    modules: bool,
) {
    let has_item = found.iter().any(|target| matches!(target, ResolvedName::Item(..)));
    for target in found {
        let (to, cause) = match target {
            ResolvedName::Item(file, name) => (*file, name.clone()),
            ResolvedName::Module(index) if modules && !has_item => {
                let module = &tree.modules[*index];
                (module.file, format!("mod {}", module.name))
            }
            _ => continue,
        };
        if from != to {
            edges.entry((from, to)).or_default().insert(cause);
        }
    }
}

/// Returns true if an imported module is only the way to what other paths name.
fn is_only_passed(
    tree: &Tree,
    module: &Module,
    import: &Import,
    found: &BTreeSet<ResolvedName>,
) -> bool {
    module.code.mentions.iter().any(|mention| match &import.name {
        Some(name) => mention.path.len() > 1 && mention.path[0] == *name,
        None => found.iter().any(|target| match target {
            ResolvedName::Module(index) => {
                !Names::of(tree).lookup(*index, &mention.path[0], NameKind::Any).is_empty()
            }
            _ => false,
        }),
    })
}

/// A search for one name.
struct Names<'a> {
    tree: &'a Tree,
    /// What is being looked up: imports may lead back to where they are.
    open: Vec<(usize, String, NameKind)>,
}

impl<'a> Names<'a> {
    fn of(tree: &'a Tree) -> Self {
        Self { tree, open: Vec::new() }
    }

    /// Returns what a path leads to, as written in this module.
    ///
    /// A name that a known module does not have was made by a macro there.
    fn resolve(&mut self, from: usize, path: &[String], kind: NameKind) -> BTreeSet<ResolvedName> {
        let mut module = from;
        let mut is_known = false;
        for (index, name) in path.iter().enumerate() {
            let step = match name.as_str() {
                "crate" => Some(0),
                "self" => Some(module),
                "super" => self.tree.modules[module].parent,
                _ => None,
            };
            let is_last = index + 1 == path.len();
            let child = self.tree.modules[module].children.get(name).copied();
            if let Some(next) = step.or(child.filter(|_| !is_last)) {
                (module, is_known) = (next, true);
                continue;
            }
            let mut found = self.lookup(module, name, if is_last { kind } else { NameKind::Item });
            if found.is_empty() {
                let here = &self.tree.modules[module];
                let is_made =
                    is_known && kind != NameKind::Macro && !here.macros.contains_key(name);
                let made = ResolvedName::Item(here.file, name.clone());
                found.insert(if is_made { made } else { ResolvedName::Outside });
            }
            let next = found.iter().find_map(|target| match target {
                ResolvedName::Module(next) if !is_last => Some(*next),
                _ => None,
            });
            match next {
                Some(next) => (module, is_known) = (next, true),
                None => return found,
            }
        }
        BTreeSet::from([ResolvedName::Module(module)])
    }

    /// Returns what a name is in a module. Returns nothing if the module does not have it.
    fn lookup(&mut self, module: usize, name: &str, kind: NameKind) -> BTreeSet<ResolvedName> {
        let key = (module, name.to_owned(), kind);
        if self.open.contains(&key) {
            return BTreeSet::new();
        }
        self.open.push(key);
        let here = &self.tree.modules[module];
        let mut found = BTreeSet::new();
        if kind != NameKind::Macro {
            found.extend(
                here.items.get(name).map(|name| ResolvedName::Item(here.file, name.clone())),
            );
            found.extend(here.children.get(name).map(|&child| ResolvedName::Module(child)));
        }
        if kind != NameKind::Item {
            let file = here.macros.get(name);
            found.extend(file.map(|&file| ResolvedName::Item(file, format!("{name}!"))));
        }
        let named = |import: &&Import| import.name.as_deref() == Some(name);
        for import in here.code.imports.iter().filter(named) {
            found.extend(self.resolve(module, &import.path, kind));
        }
        if found.is_empty() {
            found = self.lookup_globs(module, name, kind);
        }
        self.open.pop();
        found
    }

    fn lookup_globs(
        &mut self,
        module: usize,
        name: &str,
        kind: NameKind,
    ) -> BTreeSet<ResolvedName> {
        let here = &self.tree.modules[module];
        let mut found = BTreeSet::new();
        for import in here.code.imports.iter().filter(|import| import.name.is_none()) {
            for target in self.resolve(module, &import.path, NameKind::Item) {
                match target {
                    ResolvedName::Module(from) => found.extend(self.lookup(from, name, kind)),
                    ResolvedName::Outside => found.extend([ResolvedName::Outside]),
                    ResolvedName::Item(..) => {}
                }
            }
        }
        let is_ours = found.iter().any(|target| *target != ResolvedName::Outside);
        if !is_ours && kind != NameKind::Macro && here.code.made.contains(name) {
            found = BTreeSet::from([ResolvedName::Item(here.file, name.to_owned())]);
        }
        found
    }
}
