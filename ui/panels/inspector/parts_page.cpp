#include "ui/panels/inspector/parts_page.h"

#include "ui/adapt/text.h"
#include "ui/theme/theme.h"
#include "ui/widgets/words_delegate.h"

#include <QAction>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QKeyEvent>
#include <QLabel>
#include <QMenu>
#include <QPushButton>
#include <QTableView>
#include <QTimer>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>
#include <set>

namespace schemawright::ui {

namespace {

QToolButton *button(const QString &icon, const QString &name)
{
    auto *made = new QToolButton;
    made->setObjectName(name);
    made->setIconSize({16, 16});
    made->setAutoRaise(true);
    const auto show = [made, icon] { made->setIcon(theme().icon(icon)); };
    show();
    QObject::connect(&theme(), &Theme::changed, made, show);
    return made;
}

} // namespace

PartsPage::PartsPage(PartsModel *model, const QString &name, QWidget *parent)
    : QWidget(parent), model_(model), view_(new QTableView),
      add_(button(QStringLiteral("add-row"), name + QStringLiteral("Add"))),
      remove_(button(QStringLiteral("delete-row"), name + QStringLiteral("Remove"))),
      up_(button(QStringLiteral("sort-asc"), name + QStringLiteral("Up"))),
      down_(button(QStringLiteral("sort-desc"), name + QStringLiteral("Down"))), problem_(new QLabel),
      note_(new QLabel), empty_(new QLabel(view_)), dropWith_(new QPushButton)
{
    model_->setParent(this);
    setObjectName(name + QStringLiteral("Page"));
    view_->setObjectName(name);
    view_->setModel(model_);
    view_->setItemDelegate(new WordsDelegate(PartsModel::ChoicesRole, PartsModel::CompletionsRole, view_));
    view_->setFrameShape(QFrame::NoFrame);
    view_->setShowGrid(true);
    view_->setWordWrap(false);
    view_->setSelectionMode(QAbstractItemView::SingleSelection);
    view_->setHorizontalScrollMode(QAbstractItemView::ScrollPerPixel);
    view_->setEditTriggers(QAbstractItemView::DoubleClicked | QAbstractItemView::EditKeyPressed |
                           QAbstractItemView::AnyKeyPressed);
    view_->setContextMenuPolicy(Qt::CustomContextMenu);
    view_->setIconSize({14, 14});
    view_->verticalHeader()->hide();
    view_->verticalHeader()->setDefaultSectionSize(25);
    view_->verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    view_->horizontalHeader()->setHighlightSections(false);
    view_->horizontalHeader()->setStretchLastSection(true);
    view_->horizontalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    view_->horizontalHeader()->setMinimumSectionSize(24);
    connect(view_->horizontalHeader(), &QHeaderView::sectionResized, this, [this] {
        const bool isPulled =
            view_->horizontalHeader()->viewport()->underMouse() && QGuiApplication::mouseButtons() != Qt::NoButton;
        isFittedByHand_ = isFittedByHand_ || (isPulled && !isFitting_);
    });
    view_->installEventFilter(this);

    problem_->setObjectName(name + QStringLiteral("Problem"));
    problem_->setWordWrap(true);
    problem_->setTextFormat(Qt::PlainText);
    problem_->setMargin(6);
    problem_->hide();
    note_->setObjectName(name + QStringLiteral("Note"));
    note_->setWordWrap(true);
    note_->setMargin(6);
    note_->setTextFormat(Qt::RichText);
    note_->hide();
    dropWith_->setObjectName(name + QStringLiteral("DropWith"));
    dropWith_->setText(tr("Drop Them Too"));
    dropWith_->setToolTip(tr("Drop it, and what depends on it, as pending changes"));
    dropWith_->hide();
    empty_->setObjectName(name + QStringLiteral("Empty"));
    empty_->setProperty("role", QStringLiteral("muted"));
    empty_->setAlignment(Qt::AlignCenter);
    empty_->setWordWrap(true);
    empty_->setAttribute(Qt::WA_TransparentForMouseEvents);
    buildBar();

    auto *bar = new QHBoxLayout;
    bar->setContentsMargins(8, 2, 8, 2);
    bar->setSpacing(2);
    for (QToolButton *each : {add_, remove_, up_, down_})
        bar->addWidget(each);
    bar->addStretch(1);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    auto *problem = new QHBoxLayout;
    problem->setContentsMargins(0, 0, 8, 0);
    problem->addWidget(problem_, 1);
    problem->addWidget(dropWith_);
    layout->addWidget(view_, 1);
    layout->addWidget(note_);
    layout->addLayout(problem);
    layout->addLayout(bar);

    connect(model_, &PartsModel::refused, this, &PartsPage::tell);
    connect(model_, &PartsModel::dependantsFound, dropWith_, &QWidget::show);
    connect(dropWith_, &QPushButton::clicked, this, [this] {
        dropWith_->hide();
        Q_EMIT dropWithWanted();
    });
    connect(view_->selectionModel(), &QItemSelectionModel::currentChanged, this, &PartsPage::showState);
    connect(view_, &QWidget::customContextMenuRequested, this, &PartsPage::showMenu);
    connect(view_, &QTableView::doubleClicked, this, [this](const QModelIndex &index) {
        const QVariant table = index.data(PartsModel::TableRole);
        if (table.isValid() && !(index.flags() & Qt::ItemIsEditable)) {
            const QStringList parts = table.toString().split(u'\n');
            Q_EMIT tableWanted({parts[0].toStdString(), parts[1].toStdString()});
        }
    });
    connect(&theme(), &Theme::changed, view_->viewport(), qOverload<>(&QWidget::update));
    showState();
}

void PartsPage::buildBar()
{
    const QStringList kinds = model_->kinds();
    if (kinds.size() > 1) {
        auto *menu = new QMenu(add_);
        for (int kind = 0; kind < kinds.size(); ++kind)
            menu->addAction(kinds[kind], this, [this, kind] { add(kind); });
        add_->setMenu(menu);
        add_->setPopupMode(QToolButton::InstantPopup);
    } else
        connect(add_, &QToolButton::clicked, this, [this] { add(0); });
    add_->setToolTip(kinds.size() > 1 ? tr("Add a Key") : tr("Add %1 (Ctrl+I)").arg(kinds.front()));
    connect(remove_, &QToolButton::clicked, this, &PartsPage::remove);
    connect(up_, &QToolButton::clicked, this, [this] { move(-1); });
    connect(down_, &QToolButton::clicked, this, [this] { move(1); });
    up_->setToolTip(tr("Move Up (Alt+Up)"));
    down_->setToolTip(tr("Move Down (Alt+Down)"));
    const auto action = [this](const char *shortcut, auto slot) {
        auto *made = new QAction(this);
        made->setShortcut(QKeySequence(QString::fromLatin1(shortcut)));
        made->setShortcutContext(Qt::WidgetWithChildrenShortcut);
        connect(made, &QAction::triggered, this, slot);
        addAction(made);
    };
    action("Ctrl+I", [this] {
        if (add_->menu())
            add_->showMenu();
        else
            add(0);
    });
    action("Ctrl+Del", [this] { remove(); });
    action("Alt+Up", [this] { move(-1); });
    action("Alt+Down", [this] { move(1); });
}

bool PartsPage::eventFilter(QObject *watched, QEvent *event)
{
    if (watched == view_ && event->type() == QEvent::Resize)
        QTimer::singleShot(0, this, &PartsPage::showState); // when the viewport has its size
    if (watched == view_ && event->type() == QEvent::KeyPress) {
        const auto *key = static_cast<QKeyEvent *>(event);
        const QModelIndex current = view_->currentIndex();
        if ((key->key() == Qt::Key_Return || key->key() == Qt::Key_Enter) && current.isValid() &&
            (current.flags() & Qt::ItemIsEditable)) {
            view_->edit(current);
            return true;
        }
        // Delete clears a cell, where that means something; the part itself goes with Ctrl+Delete.
        if (key->key() == Qt::Key_Delete && key->modifiers() == Qt::NoModifier && current.isValid() &&
            (current.flags() & Qt::ItemIsEditable) && current.data(PartsModel::ChoicesRole).toStringList().isEmpty()) {
            model_->setData(current, QString(), Qt::EditRole);
            Q_EMIT refreshWanted();
            return true;
        }
        if (key->key() == Qt::Key_Escape && problem_->isVisible()) {
            model_->forget();
            return true;
        }
        if (key->key() == Qt::Key_Escape && model_->isUnfinished(currentRow())) {
            remove();
            return true;
        }
    }
    return QWidget::eventFilter(watched, event);
}

/// The main fields share what width there is by what stands in them, as long as nobody has pulled at them.
void PartsPage::fitFields()
{
    if (isFittedByHand_ || !view_->isVisible())
        return;
    isFitting_ = true;
    const auto fieldAt = [&](int field) -> const PartsModel::Field & {
        return model_->fields()[static_cast<std::size_t>(field)];
    };
    const auto isShared = [&](int field) {
        return fieldAt(field).isMain && fieldAt(field).kind != PartsModel::FieldKind::Flag &&
               fieldAt(field).kind != PartsModel::FieldKind::Fixed;
    };
    std::vector<int> widths, headings;
    for (int field = 0; field < model_->columnCount(); ++field) {
        const int heading = view_->horizontalHeader()->sectionSizeHint(field) + 4;
        int widest = 0;
        for (int row = 0; row < std::min(model_->rowCount(), 50); ++row)
            widest = std::max(widest, view_->sizeHintForIndex(model_->index(row, field)).width());
        const int width = fieldAt(field).width;
        widths.push_back(fieldAt(field).kind == PartsModel::FieldKind::Flag
                             ? heading - 4
                             : std::max(heading, std::clamp(widest + 6, width * 3 / 5, width * 2)));
        // What a part is called is what one looks for.
        headings.push_back(field == 0 ? std::clamp(widest + 6, heading - 4, std::max(heading - 4, width * 3 / 2))
                                      : heading - 4);
    }
    // No heading is cut, nor the first field: what cannot become narrower leaves the others to share the rest.
    std::set<int> atLeast;
    double factor = 1;
    for (bool isSettled = false; !isSettled;) {
        int fixed = 0, shared = 0;
        for (int field = 0; field < model_->columnCount(); ++field)
            if (const auto at = static_cast<std::size_t>(field); !view_->isColumnHidden(field) && fieldAt(field).isMain)
                (isShared(field) && !atLeast.contains(field) ? shared : fixed) +=
                    atLeast.contains(field) ? headings[at] : widths[at];
        const int room = view_->viewport()->width() - fixed;
        factor = shared > 0 ? std::clamp(room / static_cast<double>(shared), 0.6, 2.0) : 1.0;
        isSettled = true;
        for (int field = 0; field < model_->columnCount(); ++field)
            if (const auto at = static_cast<std::size_t>(field);
                isShared(field) && !atLeast.contains(field) && widths[at] * factor < headings[at]) {
                atLeast.insert(field);
                isSettled = false;
            }
    }
    for (int field = 0; field < model_->columnCount(); ++field) {
        const auto at = static_cast<std::size_t>(field);
        view_->setColumnWidth(field, atLeast.contains(field) ? headings[at]
                                     : isShared(field)       ? static_cast<int>(widths[at] * factor)
                                                             : widths[at]);
    }
    isFitting_ = false;
}

void PartsPage::tell(const QString &why)
{
    dropWith_->hide();
    problem_->setVisible(!why.isEmpty());
    problem_->setText(why);
    problem_->setStyleSheet(QStringLiteral("color: %1; background: %2")
                                .arg(theme().colors().error.name(), theme().colors().errorTint.name()));
}

void PartsPage::setNotes(const std::vector<std::pair<QString, bool>> &notes)
{
    const Colors &colors = theme().colors();
    QStringList lines;
    bool isWarning = false;
    for (const auto &[text, warns] : notes) {
        lines << QStringLiteral("<span style=\"color: %1\">%2</span>")
                     .arg((warns ? colors.error : colors.text).name(), text.toHtmlEscaped());
        isWarning = isWarning || warns;
    }
    note_->setVisible(!notes.empty());
    note_->setText(lines.join(QStringLiteral("<br>")));
    note_->setStyleSheet(QStringLiteral("background: %1").arg((isWarning ? colors.errorTint : colors.infoTint).name()));
}

void PartsPage::showEvent(QShowEvent *event)
{
    QWidget::showEvent(event);
    QTimer::singleShot(0, this, &PartsPage::showState); // when the view has its size
}

int PartsPage::currentRow() const { return view_->currentIndex().isValid() ? view_->currentIndex().row() : -1; }

void PartsPage::showState()
{
    const int row = currentRow();
    const bool isEditable = model_->context().isEditable;
    add_->setEnabled(isEditable);
    remove_->setEnabled(model_->canRemove(row));
    const bool isDropped = row >= 0 && row < model_->rowCount() && model_->markAt(row) == Mark::Dropped;
    remove_->setToolTip(isDropped ? tr("Put It Back (Ctrl+Delete)") : tr("Drop (Ctrl+Delete)"));
    up_->setEnabled(model_->canMove(row, -1));
    down_->setEnabled(model_->canMove(row, 1));
    const bool canMoveAny = model_->canMove(0, 1);
    up_->setVisible(canMoveAny);
    down_->setVisible(canMoveAny);
    fitFields();
    empty_->setVisible(model_->rowCount() == 0 && model_->context().table);
    empty_->setText(isEditable ? tr("No %1 yet. Ctrl+I adds one.").arg(model_->emptyWord())
                               : tr("No %1.").arg(model_->emptyWord()));
    empty_->setGeometry(view_->viewport()->geometry().adjusted(16, 0, -16, 0));
}

void PartsPage::add(int kind)
{
    if (!model_->addPart(kind))
        return;
    Q_EMIT refreshWanted();
    const int row = model_->rowCount() - 1;
    // To the first field that can be typed into, and on with typing.
    for (int field = 0; field < model_->columnCount(); ++field) {
        const QModelIndex index = model_->index(row, field);
        const bool isOptional = index.data(Qt::DisplayRole).toString().isEmpty() && field == 0;
        if (!(index.flags() & Qt::ItemIsEditable) || isOptional)
            continue;
        view_->setCurrentIndex(index);
        view_->scrollTo(index);
        // Once the menu that asked for it has given the keys back.
        QTimer::singleShot(0, this, [this, at = QPersistentModelIndex(index)] {
            view_->setFocus();
            if (at.isValid())
                view_->edit(at);
        });
        break;
    }
    showState();
}

void PartsPage::remove()
{
    const int row = currentRow(), field = view_->currentIndex().column();
    if (row < 0)
        return;
    model_->removePart(row);
    Q_EMIT refreshWanted();
    if (model_->rowCount() > 0)
        view_->setCurrentIndex(model_->index(std::min(row, model_->rowCount() - 1), std::max(0, field)));
    showState();
}

void PartsPage::move(int by)
{
    const int row = currentRow(), field = view_->currentIndex().column();
    if (!model_->canMove(row, by))
        return;
    model_->movePart(row, by);
    Q_EMIT refreshWanted();
    view_->setCurrentIndex(model_->index(row + by, field));
    showState();
}

void PartsPage::showMenu(const QPoint &position)
{
    const QModelIndex index = view_->indexAt(position);
    if (index.isValid())
        view_->setCurrentIndex(index);
    auto *menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    const QStringList kinds = model_->kinds();
    for (int kind = 0; kind < kinds.size(); ++kind)
        menu->addAction(tr("Add %1").arg(kinds[kind]), this, [this, kind] { add(kind); })
            ->setEnabled(model_->context().isEditable);
    if (index.isValid()) {
        menu->addSeparator();
        if (index.flags() & Qt::ItemIsEditable)
            menu->addAction(tr("Edit"), this, [this, index = QPersistentModelIndex(index)] { view_->edit(index); });
        const bool isDropped = model_->markAt(index.row()) == Mark::Dropped;
        menu->addAction(theme().icon(isDropped ? QStringLiteral("undo") : QStringLiteral("delete")),
                        isDropped ? tr("Put Back") : tr("Drop"), this, &PartsPage::remove)
            ->setEnabled(model_->canRemove(index.row()));
        if (const QVariant table = index.data(PartsModel::TableRole); table.isValid()) {
            const QStringList parts = table.toString().split(u'\n');
            menu->addSeparator();
            menu->addAction(tr("Go to %1").arg(parts[1]), this, [this, parts] {
                Q_EMIT tableWanted({parts[0].toStdString(), parts[1].toStdString()});
            });
        }
    }
    menu->popup(view_->viewport()->mapToGlobal(position));
}

} // namespace schemawright::ui
