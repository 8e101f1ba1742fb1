// Projections. See projection.h.
#include "expression/projection.h"

#include "expression/checks.h"
#include "expression/syntax.h"

namespace basalt::expression {

Result<const Projection*> ParseProjection(std::string_view text, Placeholders& placeholders, Arena& arena) {
  constexpr Kind kKind = Kind::kProjection;
  TRY_ASSIGN(const Syntax* syntax, ParseSyntax(kKind, text, arena));
  TRY(CheckReservedWords(kKind, *syntax));
  TRY(CheckListIndexes(kKind, *syntax));
  for (Node* path = syntax->paths.first; path != nullptr; path = path->next_in_text) {
    TRY(ResolvePath(kKind, *path, placeholders));
  }
  return CompileProjection(CollectPaths(*syntax, arena), arena);
}

Result<const Projection*> CompileProjection(std::span<const Path> paths, Arena& arena) {
  Projection* projection = arena.New<Projection>();
  projection->paths = paths;
  TRY_ASSIGN(projection->tree, BuildPathTree(Kind::kProjection, paths, arena));
  return projection;
}

std::span<const Path> PathsOf(const Projection& projection) { return projection.paths; }

model::Item Project(const Projection& projection, model::Item item, Arena& arena) {
  return ProjectTree(*projection.tree, item, arena);
}

}  // namespace basalt::expression
