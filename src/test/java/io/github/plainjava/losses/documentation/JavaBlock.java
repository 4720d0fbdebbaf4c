package io.github.plainjava.losses.documentation;

/**
 * Java code in a document.
 *
 * @param document where it stands, as in an error message
 * @param line     the line of the document that its first line is, from 1
 * @param code     the code, its lines as in the document
 */
record JavaBlock(String document, int line, String code) {

    /** The place of one of its lines, counted from 1. */
    String place(long lineOfBlock) {
        return document + ":" + (line + lineOfBlock - 1);
    }

    @Override
    public String toString() {
        return place(1);
    }
}
