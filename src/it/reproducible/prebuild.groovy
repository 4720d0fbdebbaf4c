// Copies what the archives are made from, so that they are made a second time, in another directory.
import java.nio.file.Files
import java.nio.file.Path

Path project = basedir.toPath().parent.parent.parent
Path copy = basedir.toPath()

['pom.xml', 'LICENSE', 'src/main', 'src/site/markdown/vectors.md',
        'src/test/resources/io/github/plainjava/losses/vectors'].each { source ->
    Files.walk(project.resolve(source)).withCloseable { files ->
        files.filter { Files.isRegularFile(it) }.forEach { file ->
            Path target = copy.resolve(project.relativize(file).toString())
            Files.createDirectories(target.parent)
            Files.copy(file, target)
        }
    }
}
return true
