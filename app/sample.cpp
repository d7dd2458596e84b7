#include "app/sample.h"

#include "schemawright/engine/engine.h"

#include <QDir>
#include <QFile>
#include <QStandardPaths>

#include <filesystem>

// The resources are linked in by a static library, and must be asked for by name outside any namespace.
static void loadResources() { Q_INIT_RESOURCE(resources); }

namespace schemawright {

namespace {

std::string resourceText(const char *path)
{
    QFile file(QString::fromLatin1(path));
    if (!file.open(QIODevice::ReadOnly))
        throw Error(ErrorKind::Internal, std::string("the program lacks its resource ") + path);
    return file.readAll().toStdString();
}

} // namespace

std::string samplePath()
{
    const QString folder = QStandardPaths::writableLocation(QStandardPaths::AppLocalDataLocation);
    const std::string path = QDir(folder).filePath(QStringLiteral("botanic-garden.db")).toStdString();
    if (std::filesystem::exists(path))
        return path;
    if (!QDir().mkpath(folder))
        throw Error(ErrorKind::Permission, "the folder cannot be made").withContext("making " + folder.toStdString());

    loadResources();
    // Built beside its place and moved there whole, so that a sample half built is never seen.
    const std::string building = path + ".building";
    std::filesystem::remove(building);
    {
        Url url;
        url.scheme = "sqlite";
        url.arguments.database = building;
        url.arguments.options["create"] = "true";
        Connection connection = Engine::open(url).connect();
        connection.executeScript(resourceText(":/sample/schema.sql"));
        connection.executeScript(resourceText(":/sample/data.sql"));
        connection.invalidate();
    }
    std::filesystem::rename(building, path);
    return path;
}

} // namespace schemawright
