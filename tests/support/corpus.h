#pragma once

// Where the public schemas are that other systems' answers are known of; tests say "skipped" without them.

#include <QFile>
#include <QString>

#include <string>

namespace schemawright::test {

/// A file of the corpus ("schemas/chinook.sqlite.sql"), or nothing.
inline QString corpusFile(const char *name)
{
    const QString given = qEnvironmentVariable("SCHEMAWRIGHT_CORPUS");
    for (const QString &folder : {given, QStringLiteral(SCHEMAWRIGHT_SOURCE_DIR "/../shared/corpus"),
                                  QStringLiteral(SCHEMAWRIGHT_SOURCE_DIR "/../../shared/corpus")})
        if (const QString file = folder + QLatin1Char('/') + QString::fromUtf8(name);
            !folder.isEmpty() && QFile::exists(file))
            return file;
    return {};
}

/// Its content; empty when it is not there.
inline std::string corpusText(const char *name)
{
    QFile file(corpusFile(name));
    return !file.fileName().isEmpty() && file.open(QIODevice::ReadOnly) ? file.readAll().toStdString() : std::string();
}

} // namespace schemawright::test
