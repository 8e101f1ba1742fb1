// The parser of statements. See statement.h.
#include "expression/partiql/statement.h"

#include <vector>

#include "expression/checks.h"
#include "expression/partiql/literal_parser.h"
#include "expression/partiql/node_parser.h"
#include "expression/partiql/token_reader.h"
#include "expression/projection.h"
#include "expression/update.h"

namespace basalt::expression::partiql {
namespace {

Status CheckPaths(Kind kind, const Syntax& syntax) {
  TRY(CheckListIndexes(kind, syntax));
  for (const Node* path = syntax.paths.first; path != nullptr; path = path->next_in_text) {
    TRY(CheckPathDepth(kind, path->path));
  }
  return {};
}

// The checks of expressions, in their order.
Status CheckCondition(Kind kind, const Syntax& syntax) {
  TRY(CheckFunctions(kind, syntax));
  TRY(CheckPaths(kind, syntax));
  TRY(CheckOperatorCount(kind, syntax));
  for (const Node* predicate = syntax.first_predicate; predicate != nullptr; predicate = predicate->next_predicate) {
    TRY(CheckPredicate(kind, *predicate));
  }
  return {};
}

Result<const Update*> MakeUpdate(const Syntax& syntax, Arena& arena) {
  TRY(CheckUpdateFunctions(syntax));
  TRY(CheckPaths(Kind::kUpdate, syntax));
  TRY(CheckOperatorCount(Kind::kUpdate, syntax));
  return CompileUpdate(syntax, arena);
}

Result<const Projection*> MakeProjection(const Syntax& syntax, Arena& arena) {
  TRY(CheckPaths(Kind::kProjection, syntax));
  return CompileProjection(CollectPaths(syntax, arena), arena);
}

// Reads the clauses one after the other; what they mean is checked after the last one.
class StatementParser {
 public:
  StatementParser(std::string_view text, std::span<const model::Value> parameters, Arena& arena)
      : arena_(arena),
        reader_(text, arena),
        literals_(reader_, parameters, arena),
        statement_(arena.New<Statement>()),
        selected_(reader_, literals_, arena),
        assigned_(reader_, literals_, arena),
        condition_(reader_, literals_, arena) {}

  Result<const Statement*> Parse() {
    TRY(ParseVerb());
    reader_.Take(TokenKind::kSemicolon);
    TRY(reader_.Expect(TokenKind::kEnd));
    TRY(literals_.CheckAllUsed());
    if (selected_.syntax().paths.count > 0) {
      TRY_ASSIGN(statement_->projection, MakeProjection(selected_.syntax(), arena_));
    }
    if (statement_->verb == Verb::kUpdate) {
      TRY_ASSIGN(statement_->update, MakeUpdate(assigned_.syntax(), arena_));
    }
    statement_->where = condition_.syntax().root;
    TRY(CheckCondition(WhereKind(statement_->verb), condition_.syntax()));
    return statement_;
  }

 private:
  Status ParseVerb() {
    switch (reader_.current().kind) {
      case TokenKind::kSelect:
        TRY(ParseSelect());
        return ParseOrder();
      case TokenKind::kInsert:
        return ParseInsert();
      case TokenKind::kUpdate:
        return ParseUpdate();
      case TokenKind::kDelete:
        return ParseDelete();
      case TokenKind::kExists:
        return ParseExists();
      default:
        return ExpectedDataManipulation();
    }
  }

  // Without ORDER BY.
  Status ParseSelect() {
    TRY(reader_.Expect(TokenKind::kSelect));
    if (!reader_.Take(TokenKind::kStar)) {
      TRY(selected_.ParseProjection());
    }
    TRY(reader_.Expect(TokenKind::kFrom));
    TRY(ParseTable());
    if (reader_.Take(TokenKind::kDot)) {
      TRY_ASSIGN(statement_->index, reader_.ExpectName());
    }
    return ParseWhere();
  }

  Status ParseOrder() {
    if (!reader_.Take(TokenKind::kOrder)) {
      return {};
    }
    TRY(reader_.Expect(TokenKind::kBy));
    std::vector<OrderTerm> terms;
    do {
      TRY_ASSIGN(terms.emplace_back().attribute, reader_.ExpectName());
      terms.back().descending = reader_.Take(TokenKind::kDesc);
      if (!terms.back().descending) {
        reader_.Take(TokenKind::kAsc);
      }
    } while (reader_.Take(TokenKind::kComma));
    statement_->order = arena_.CopyArray(std::span<const OrderTerm>(terms));
    return {};
  }

  Status ParseInsert() {
    statement_->verb = Verb::kInsert;
    reader_.Advance();
    TRY(reader_.Expect(TokenKind::kInto));
    TRY(ParseTable());
    if (reader_.Take(TokenKind::kOpen)) {
      return RefuseColumns();
    }
    TRY(reader_.Expect(TokenKind::kValue));
    TRY_ASSIGN(statement_->item, literals_.ParseItem());
    return {};
  }

  // The columns that SQL would name: the service's complaint is of the keyword behind them.
  Error RefuseColumns() {
    while (!reader_.At(TokenKind::kEnd) && !reader_.Take(TokenKind::kClose)) {
      reader_.Advance();
    }
    return reader_.Unexpected();
  }

  Status ParseUpdate() {
    statement_->verb = Verb::kUpdate;
    reader_.Advance();
    TRY(ParseTable());
    if (!reader_.At(TokenKind::kSet) && !reader_.At(TokenKind::kRemove)) {
      return ExpectedDataManipulation();
    }
    for (;;) {
      if (reader_.Take(TokenKind::kSet)) {
        TRY(assigned_.ParseSet());
      } else if (reader_.Take(TokenKind::kRemove)) {
        TRY(assigned_.ParseRemove());
      } else {
        break;
      }
    }
    TRY(ParseWhere());
    return ParseReturning();
  }

  Status ParseDelete() {
    statement_->verb = Verb::kDelete;
    reader_.Advance();
    TRY(reader_.Expect(TokenKind::kFrom));
    TRY(ParseTable());
    TRY(ParseWhere());
    return ParseReturning();
  }

  Status ParseExists() {
    statement_->verb = Verb::kExists;
    reader_.Advance();
    TRY(reader_.Expect(TokenKind::kOpen));
    TRY(ParseSelect());
    return reader_.Expect(TokenKind::kClose);
  }

  Status ParseTable() {
    TRY_ASSIGN(statement_->table, reader_.ExpectName());
    return {};
  }

  Status ParseWhere() { return reader_.Take(TokenKind::kWhere) ? condition_.ParseCondition() : Status(); }

  // A DELETE can return only the item as it was.
  Status ParseReturning() {
    if (!reader_.Take(TokenKind::kReturning)) {
      return {};
    }
    const bool modified = statement_->verb == Verb::kUpdate && reader_.AtWord("MODIFIED");
    TRY(reader_.ExpectWord(modified ? "MODIFIED" : "ALL"));
    const bool is_new = statement_->verb == Verb::kUpdate && reader_.AtWord("NEW");
    TRY(reader_.ExpectWord(is_new ? "NEW" : "OLD"));
    if (modified) {
      statement_->returning = is_new ? Returning::kModifiedNew : Returning::kModifiedOld;
    } else {
      statement_->returning = is_new ? Returning::kAllNew : Returning::kAllOld;
    }
    return reader_.Expect(TokenKind::kStar);
  }

  Arena& arena_;
  TokenReader reader_;
  LiteralParser literals_;
  Statement* statement_;
  NodeParser selected_;
  NodeParser assigned_;
  NodeParser condition_;
};

}  // namespace

Kind WhereKind(Verb verb) { return verb == Verb::kSelect ? Kind::kFilter : Kind::kCondition; }

Result<const Statement*> ParseStatement(std::string_view text, std::span<const model::Value> parameters, Arena& arena) {
  return StatementParser(text, parameters, arena).Parse();
}

}  // namespace basalt::expression::partiql
