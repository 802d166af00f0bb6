/** What a page adds to the drawings of its flows. Nodes are known by their ids. */
export interface Dress {
	marks: ReadonlyMap<string, Mark>;
	/** An id that is unique on the page; undefined for what is not drawn. */
	anchorOf(nodeId: string): string | undefined;
	/** The class of a wire that differs from the others, by its `key`. */
	wireClasses?: ReadonlyMap<string, string>;
}

/** What a node is marked with: a halo and a badge. */
export interface Mark {
	/** A class of the page's style, which sets the colour. */
	tone: string;
	/** A few characters. */
	badge: string;
	/** What the mark says, for who cannot see it. */
	says: string;
}
